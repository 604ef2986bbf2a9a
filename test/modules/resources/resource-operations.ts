import { expect } from 'vitest';
import type { BenchTenant } from '../../support/module-bench.ts';

export interface ResourceInput {
  name: string;
  audience: string;
  scopes?: { name: string; description?: string | null }[];
  idempotencyKey?: string;
}

export interface Resource {
  id: string;
  name: string;
  audience: string;
  scopes: { name: string; description: string | null }[];
  revision: number;
}

export const create = `mutation ($input: CreateResourceInput!) {
  createResource(input: $input) {
    resource { id name audience scopes { name description } revision createdAt updatedAt }
    userErrors { code message path }
  }
}`;

export const addScope = `mutation ($input: AddResourceScopeInput!) {
  addResourceScope(input: $input) { resource { scopes { name } revision } userErrors { code path } }
}`;

/** Creates a resource that must come into being. */
export async function resourceOf(tenant: BenchTenant, input: ResourceInput): Promise<Resource> {
  const { data, errors } = await tenant.run(create, { input });
  expect([errors, data.createResource.userErrors]).toEqual([[], []]);
  return data.createResource.resource as Resource;
}

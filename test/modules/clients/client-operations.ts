import { expect } from 'vitest';
import type { BenchTenant, Caller } from '../../support/module-bench.ts';

export interface Client {
  id: string;
  clientId: string;
  name: string;
  description: string | null;
  kind: string;
  redirectUris: string[];
  scopes: string[];
  grants: { resource: { id: string } | null; scopes: string[] }[];
  secrets: { id: string; prefix: string; expiresAt: string | null; lastUsedAt: string | null }[];
  revision: number;
}

export const CLIENT = `fragment All on Client {
  id clientId name description kind redirectUris scopes revision createdAt updatedAt
  grants { resource { id name audience } scopes }
  secrets { id prefix createdAt expiresAt lastUsedAt }
}`;

export const READ = `query ($id: ID!) { client(id: $id) { ...All } } ${CLIENT}`;

/** A mutation of the clients module, by the name of its field. */
export function mutation(field: string): string {
  const noun = field === 'deleteClient' ? 'deletedId' : 'client { ...All }';
  const secret = ['createClient', 'addClientSecret'].includes(field) ? 'secret' : '';
  const fragment = field === 'deleteClient' ? '' : CLIENT;
  const type = `${field[0]!.toUpperCase()}${field.slice(1)}Input`;
  return `mutation ($input: ${type}!) { ${field}(input: $input) { ${noun} ${secret} userErrors { code path } } } ${fragment}`;
}

/** What a mutation answers: its payload, or the top-level errors. */
export async function mutate(tenant: BenchTenant, field: string, input: object, caller?: Caller) {
  const { data, errors } = await tenant.run(mutation(field), { input }, caller);
  return { payload: data[field], errors };
}

/** A mutation that must succeed. */
export async function done(
  tenant: BenchTenant,
  field: string,
  input: object,
  caller?: Caller,
): Promise<{ client: Client; secret: string | null }> {
  const { payload, errors } = await mutate(tenant, field, input, caller);
  expect([errors, payload?.userErrors]).toEqual([[], []]);
  return payload as { client: Client; secret: string | null };
}

/** The faults of a mutation that must change nothing, as `CODE path`. */
export async function faultsOf(tenant: BenchTenant, field: string, input: object): Promise<string[]> {
  const { payload, errors } = await mutate(tenant, field, input);
  expect([errors, payload.client ?? null, payload.secret ?? null]).toEqual([[], null, null]);
  const faults = payload.userErrors as { code: string; path: string[] }[];
  return faults.map(({ code, path }) => `${code} ${path.join('.')}`);
}

import { expect } from 'vitest';
import type { BenchTenant, Caller } from '../../support/module-bench.ts';

export const reader: Caller = { scopes: ['content:read'] };
export const writer: Caller = { scopes: ['content:write'] };
export const publisher: Caller = { scopes: ['content:publish', 'content:read'] };
export const nobody: Caller = { scopes: ['tenant:read'] };
export const anonymous: Caller = { isAnonymous: true };

const ITEM = '{ id type slug locale title status data revision createdAt updatedAt publishedAt }';

export interface Item {
  id: string;
  type: string;
  slug: string;
  locale: string;
  title: string;
  status: string;
  data: Record<string, unknown>;
  revision: number;
  publishedAt: string | null;
}

export interface Result {
  contentItem: Item | null;
  contentType: { id: string; revision: number; fields: { name: string }[] } | null;
  deletedId: string | null;
  /** As `CODE path.to.value`. */
  faults: string[];
}

/** Runs a mutation of the module; every one takes `input` and answers alike. */
export async function mutate(
  tenant: BenchTenant,
  name: string,
  input: object,
  caller?: Caller,
): Promise<Result> {
  const { data, errors } = await tenant.run(mutation(name), { input }, caller);
  expect(errors).toEqual([]);
  const payload = data[name];
  const faults = payload.userErrors as { code: string; path: string[] }[];
  return { ...payload, faults: faults.map(({ code, path }) => `${code} ${path.join('.')}`) };
}

/** The errors of a mutation that must not have been run. */
export async function refused(
  tenant: BenchTenant,
  name: string,
  input: object,
  caller?: Caller,
): Promise<string[]> {
  const { data, errors } = await tenant.run(mutation(name), { input }, caller);
  expect(data).toEqual({ [name]: null });
  return errors.map((error) => error.split(' ', 1)[0] ?? '');
}

export async function item(tenant: BenchTenant, input: object): Promise<Item> {
  const { contentItem, faults } = await mutate(tenant, 'createContentItem', input);
  expect(faults).toEqual([]);
  return contentItem!;
}

export async function published(tenant: BenchTenant, input: object): Promise<Item> {
  const { id } = await item(tenant, input);
  return (await mutate(tenant, 'publishContentItem', { id })).contentItem!;
}

export async function type(tenant: BenchTenant, name: string, fields: object[]): Promise<string> {
  const { contentType, faults } = await mutate(tenant, 'createContentType', { name, fields });
  expect(faults).toEqual([]);
  return contentType!.id;
}

export async function titles(tenant: BenchTenant, args: string, caller?: Caller): Promise<string[]> {
  const { data, errors } = await tenant.run(`{ contentItems(${args}) { nodes { title } } }`, {}, caller);
  expect(errors).toEqual([]);
  return data.contentItems.nodes.map((node: Item) => node.title);
}

/** The codes of what a query is refused with. */
export async function codes(
  tenant: BenchTenant,
  query: string,
  variables = {},
  caller?: Caller,
): Promise<string[]> {
  const { errors } = await tenant.run(query, variables, caller);
  return errors.map((error) => error.split(' ', 1)[0] ?? '');
}

function mutation(name: string): string {
  const input = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
  const noun = name.startsWith('delete')
    ? 'deletedId'
    : name.endsWith('Item')
      ? `contentItem ${ITEM}`
      : 'contentType { id name description revision fields { name kind isRequired options of referenceTo maxLength } }';
  return `mutation ($input: ${input}!) { ${name}(input: $input) { ${noun} userErrors { code message path } } }`;
}

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BenchTenant, type ModuleBench, openModuleBench } from '../../support/module-bench.ts';

const SHOPS = ['north', 'south'] as const;

let bench: ModuleBench;

beforeAll(async () => {
  bench = await openModuleBench(['content'], SHOPS);
  for (const tenant of [bench.acme, bench.globex]) {
    await tenant.run(
      'mutation { createContentType(input: { name: "Note", fields: [] }) { userErrors { code } } }',
    );
  }
});

afterAll(() => bench[Symbol.asyncDispose]());

const CREATE = `mutation ($input: CreateContentItemInput!) { createContentItem(input: $input) {
  contentItem { id title slug } userErrors { code path } } }`;

function create(tenant: BenchTenant, applicationTenant: string | null, input: object = {}) {
  const values = {
    type: 'Note',
    title: `${tenant.tenant.name} ${applicationTenant}`,
    slug: 'hello',
    ...input,
  };
  return tenant.run(CREATE, { input: values }, { applicationTenant });
}

const LIST = '{ contentItems { totalCount nodes { id title } } }';

async function titles(tenant: BenchTenant, applicationTenant: string | null): Promise<string[]> {
  const { data } = await tenant.run(LIST, {}, { applicationTenant });
  return (data.contentItems.nodes as { title: string }[]).map(({ title }) => title).sort();
}

describe('the rows of application tenants', () => {
  const ids: Record<string, string> = {};

  test('one slug is free once in each of them, and once for the tenant itself', async () => {
    for (const tenant of [bench.acme, bench.globex]) {
      for (const shop of [...SHOPS, null]) {
        const { data, errors } = await create(tenant, shop);
        expect([errors, data.createContentItem.userErrors]).toEqual([[], []]);
        ids[`${tenant.tenant.name} ${shop}`] = data.createContentItem.contentItem.id;
        const again = await create(tenant, shop);
        expect(again.data.createContentItem.userErrors).toEqual([{ code: 'TAKEN', path: ['slug'] }]);
      }
    }
  });

  test('are seen by those who are confined to it and by the whole tenant', async () => {
    expect(await titles(bench.acme, 'north')).toEqual(['acme north']);
    expect(await titles(bench.acme, 'south')).toEqual(['acme south']);
    expect(await titles(bench.acme, 'nobody')).toEqual([]);
    expect(await titles(bench.acme, null)).toEqual(['acme north', 'acme null', 'acme south']);
    expect(await titles(bench.globex, 'north')).toEqual(['globex north']);
  });

  test('a slug leads to the own row', async () => {
    for (const [applicationTenant, title] of [
      ['north', 'acme north'],
      ['south', 'acme south'],
      [null, 'acme null'],
    ] as const) {
      const { data } = await bench.acme.run(
        '{ contentItemBySlug(type: "Note", slug: "hello") { title } }',
        {},
        { applicationTenant },
      );
      expect(data.contentItemBySlug.title).toBe(title);
    }
  });

  test.each([
    ['read', 'query ($id: ID!) { contentItem(id: $id) { title } }', 'contentItem'],
    ['node', 'query ($id: ID!) { node(id: $id) { id } }', 'node'],
    [
      'update',
      'mutation ($id: ID!) { updateContentItem(input: { id: $id, title: "x" }) { contentItem { id } } }',
      'updateContentItem',
    ],
    [
      'publish',
      'mutation ($id: ID!) { publishContentItem(input: { id: $id }) { contentItem { id } } }',
      'publishContentItem',
    ],
    [
      'delete',
      'mutation ($id: ID!) { deleteContentItem(input: { id: $id }) { deletedId } }',
      'deleteContentItem',
    ],
  ])('another one is what nobody has: %s', async (_what, document, field) => {
    const caller = { applicationTenant: 'south' };
    const foreign = await bench.acme.run(document, { id: ids['acme north'] }, caller);
    expect([foreign.data[field], foreign.errors]).toEqual([null, ['NOT_FOUND Nothing has this id.']]);
    const own = await bench.acme.run(
      document.replace('"x"', '"acme south"'),
      { id: ids['acme south'] },
      caller,
    );
    expect(own.errors).toEqual([]);
    expect(await titles(bench.acme, 'north')).toEqual(['acme north']);
  });

  test('one idempotency key makes an item in each of them', async () => {
    const key = 'k'.repeat(22);
    const made = await Promise.all(
      SHOPS.map((shop) => create(bench.acme, shop, { title: 'Same', slug: 'same', idempotencyKey: key })),
    );
    const replayed = await create(bench.acme, 'north', { title: 'Same', slug: 'same', idempotencyKey: key });
    const [north, south] = made.map(({ data }) => data.createContentItem.contentItem.id as string);
    expect(north).not.toBe(south);
    expect(replayed.data.createContentItem.contentItem.id).toBe(north);
  });

  test("content types are the whole tenant's: read by all, written by nobody confined", async () => {
    const caller = { applicationTenant: 'north' };
    const read = await bench.acme.run('{ contentTypes { nodes { name } } }', {}, caller);
    expect(read.data.contentTypes.nodes).toEqual([{ name: 'Note' }]);
    const write = await bench.acme.run(
      'mutation { createContentType(input: { name: "Other", fields: [] }) { contentType { id } } }',
      {},
      caller,
    );
    expect(write.errors).toEqual(['FORBIDDEN This belongs to the whole tenant.']);
  });

  test('anonymous visitors see what the tenant itself has published, and nothing of its application tenants', async () => {
    const open = { ...bench.globex.tenant, settings: { 'options.publicContent': true } };
    for (const shop of [...SHOPS, null]) {
      const id = ids[`globex ${shop}`];
      await bench.globex.run(
        'mutation ($id: ID!) { publishContentItem(input: { id: $id }) { userErrors { code } } }',
        { id },
      );
    }
    Object.assign(bench.globex.tenant, open);
    const { data } = await bench.globex.run(LIST, {}, { isAnonymous: true });
    expect(data.contentItems).toMatchObject({ totalCount: 1, nodes: [{ title: 'globex null' }] });
  });
});

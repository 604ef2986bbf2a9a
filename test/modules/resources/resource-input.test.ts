import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ModuleBench, openModuleBench } from '../../support/module-bench.ts';
import { addScope, create, resourceOf } from './resource-operations.ts';

let bench: ModuleBench;

beforeAll(async () => {
  bench = await openModuleBench(['resources']);
});

afterAll(() => bench[Symbol.asyncDispose]());

async function faultsOf(input: object): Promise<string[]> {
  const { data, errors } = await bench.acme.run(create, { input });
  expect(errors).toEqual([]);
  expect(data.createResource.resource).toBeNull();
  const faults = data.createResource.userErrors as { code: string; path: string[] }[];
  return faults.map(({ code, path }) => `${code} ${path.join('.')}`);
}

describe('an audience', () => {
  const good = [
    'https://api.example',
    'https://api.example:8443/v1',
    'urn:example:orders',
    'api://orders',
    'http://10.0.0.1/',
  ];

  it.each(good)('may be %s', async (audience) => {
    expect((await resourceOf(bench.acme, { name: 'A', audience })).audience).toBe(audience);
  });

  const bad = [
    ...[
      '',
      'orders',
      '/orders',
      'https://',
      'https:api.example',
      'https:\\\\api.example',
      'https://api.example/#part',
    ],
    ...[
      'https://user:pass@api.example',
      'https://api.example/a b',
      'https://api.exämple',
      'urn:',
      'urn:a\u0000b',
    ],
    ...[' https://api.example', 'https://api.example/\n', 'https:///path'],
  ];

  it.each(bad)('must not be %j', async (audience) => {
    expect(await faultsOf({ name: 'A', audience })).toEqual(['INVALID audience']);
  });

  const reserved = [
    ...['https://gateway.example', 'https://gateway.example/t/acme/graphql', 'http://GATEWAY.example:80/x'],
    ...['https://tenants.example/', 'https://acme.tenants.example/graphql', 'https://a.b.tenants.example'],
    ...[
      'https://gateway.example./',
      'https://gatewa%79.example/',
      'foo://Gateway.Example/',
      'https://acme.TENANTS.example.:1/',
    ],
  ];

  it.each(reserved)('must not be an address of the gateway: %s', async (audience) => {
    expect(await faultsOf({ name: 'A', audience })).toEqual(['INVALID audience']);
  });

  it('is unique within a tenant', async () => {
    await resourceOf(bench.acme, { name: 'First', audience: 'urn:unique' });
    expect(await faultsOf({ name: 'Second', audience: 'urn:unique' })).toEqual(['TAKEN audience']);
    await resourceOf(bench.globex, { name: 'Second', audience: 'urn:unique' });
    const other = await resourceOf(bench.acme, { name: 'Third', audience: 'urn:other' });
    const { data } = await bench.acme.run(
      `mutation ($input: UpdateResourceInput!) { updateResource(input: $input) { resource { id } userErrors { code path } } }`,
      { input: { id: other.id, audience: 'urn:unique' } },
    );
    expect(data.updateResource).toEqual({
      resource: null,
      userErrors: [{ code: 'TAKEN', path: ['audience'] }],
    });
  });

  it('has at most 500 characters', async () => {
    expect(await faultsOf({ name: 'A', audience: `urn:${'a'.repeat(497)}` })).toEqual(['TOO_LONG audience']);
    expect(await faultsOf({ name: 'A', audience: `urn:${'a'.repeat(1_048_576)}` })).toEqual([
      'TOO_LONG audience',
    ]);
  });
});

describe('a scope', () => {
  it.each(['orders:read', 'https://api.example/orders.read', '!#[]~'])('may be named %s', async (name) => {
    await resourceOf(bench.acme, {
      name: 'A',
      audience: `urn:scope:${encodeURIComponent(name)}`,
      scopes: [{ name }],
    });
  });

  it.each([
    ['REQUIRED', ''],
    ['INVALID', 'two words'],
    ['INVALID', 'quo"te'],
    ['INVALID', 'back\\slash'],
    ['INVALID', 'ümlaut'],
    ['INVALID', 'content:read'],
    ['INVALID', 'platform:tenants:read'],
    ['INVALID', 'openid'],
    ['TOO_LONG', 'a'.repeat(101)],
  ])('is refused as %s: %j', async (code, name) => {
    const input = { name: 'A', audience: 'urn:bad', scopes: [{ name: 'ok' }, { name }] };
    expect(await faultsOf(input)).toEqual([`${code} scopes.1.name`]);
    const { id } = await resourceOf(bench.acme, {
      name: 'A',
      audience: `urn:add:${encodeURIComponent(name)}`,
    });
    const { data } = await bench.acme.run(addScope, { input: { id, name } });
    expect(data.addResourceScope).toEqual({ resource: null, userErrors: [{ code, path: ['name'] }] });
  });

  it('is there once', async () => {
    const twice = { name: 'A', audience: 'urn:twice', scopes: [{ name: 'a' }, { name: 'a' }] };
    expect(await faultsOf(twice)).toEqual(['INVALID scopes.1.name']);
    const { id } = await resourceOf(bench.acme, { ...twice, scopes: [{ name: 'a' }] });
    const { data } = await bench.acme.run(addScope, { input: { id, name: 'a' } });
    expect(data.addResourceScope.userErrors).toEqual([{ code: 'TAKEN', path: ['name'] }]);
  });

  it('is one of at most 200', async () => {
    const scopes = Array.from({ length: 200 }, (_, index) => ({ name: `s${index}` }));
    const { id } = await resourceOf(bench.acme, { name: 'A', audience: 'urn:many', scopes });
    const { data } = await bench.acme.run(addScope, { input: { id, name: 'more' } });
    expect(data.addResourceScope.userErrors).toEqual([{ code: 'LIMIT', path: ['name'] }]);
    const tooMany = { name: 'A', audience: 'urn:more', scopes: [...scopes, { name: 'more' }] };
    expect(await faultsOf(tooMany)).toEqual(['LIMIT scopes']);
  });
});

describe('a name', () => {
  it.each([
    ['REQUIRED', '  '],
    ['INVALID', 'bell\u0007'],
    ['TOO_LONG', 'a'.repeat(121)],
  ])('is refused as %s: %j', async (code, name) => {
    expect(await faultsOf({ name, audience: 'urn:name' })).toEqual([`${code} name`]);
  });

  it('means nothing to the database', async () => {
    const name = '$where: {"$gt": ""} __proto__';
    expect((await resourceOf(bench.acme, { name, audience: 'urn:dollar' })).name).toBe(name);
  });

  it('cannot be taken away', async () => {
    const { id } = await resourceOf(bench.acme, { name: 'Named', audience: 'urn:named' });
    const { data } = await bench.acme.run(
      `mutation ($input: UpdateResourceInput!) { updateResource(input: $input) { userErrors { code path } } }`,
      { input: { id, name: null } },
    );
    expect(data.updateResource.userErrors).toEqual([{ code: 'REQUIRED', path: ['name'] }]);
  });
});

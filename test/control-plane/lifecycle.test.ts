import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import {
  registerBoth,
  registerTenant,
  startGateway,
  type TestGateway,
  type TestTenant,
} from '../support/gateway.ts';
import { operate, operatorToken, platform, register, visit } from '../support/platform.ts';
import { graphql } from '../support/request.ts';

/** Two processes over one control database. */
let gateway: TestGateway;
let other: TestGateway;
let tenant: TestTenant;
let name: string;
let count = 0;

beforeAll(async () => {
  gateway = await startGateway();
  other = await startGateway({ CONTROL_DATABASE: gateway.config.mongo.controlDatabase });
  await registerBoth(gateway);
});

beforeEach(async () => {
  count += 1;
  name = `tenant-${count}`;
  tenant = await registerTenant(gateway, name);
});

afterAll(async () => {
  await other[Symbol.asyncDispose]();
  await gateway[Symbol.asyncDispose]();
});

const WITHIN_A_SECOND = 1_000;

test('suspends and resumes a tenant within a second, on every node', async () => {
  const token = await tenant.token();
  for (const node of [gateway, other]) expect(await visit(node, name, token)).toBe(name);
  expect((await operate(gateway, 'suspendTenant', { id: tenant.record._id })).codes).toEqual([]);
  expect(await visit(gateway, name, token)).toBe('TENANT_SUSPENDED');
  await eventually(async () => {
    expect(await visit(other, name, token)).toBe('TENANT_SUSPENDED');
    expect(await visit(other, name)).toBe('TENANT_NOT_FOUND');
  }, WITHIN_A_SECOND);
  // Nothing of a suspended tenant stays open anywhere.
  await eventually(() => {
    const open = [gateway, other].map(({ app }) => app.shells.size + app.shells.drainingCount);
    expect(open).toEqual([0, 0]);
  });
  expect((await operate(other, 'resumeTenant', { id: tenant.record._id })).codes).toEqual([]);
  await eventually(async () => {
    for (const node of [gateway, other]) expect(await visit(node, name, token)).toBe(name);
  }, WITHIN_A_SECOND);
});

test('tells which changes of status do not make sense', async () => {
  const id = tenant.record._id;
  expect(
    (await operate(gateway, 'resumeTenant', { id }, 'tenant { status } userErrors { code }')).payload,
  ).toEqual({
    tenant: { status: 'ACTIVE' },
    userErrors: [],
  });
  await operate(gateway, 'deleteTenant', { id });
  for (const mutation of ['suspendTenant', 'resumeTenant']) {
    expect((await operate(gateway, mutation, { id })).codes).toEqual(['INVALID']);
  }
  const again = await operate(gateway, 'deleteTenant', { id }, 'tenant { status } userErrors { code }');
  expect(again.payload).toEqual({ tenant: { status: 'DELETED' }, userErrors: [] });
  for (const mutation of ['suspendTenant', 'resumeTenant', 'deleteTenant']) {
    expect((await operate(gateway, mutation, { id: 'nobody' })).codes).toEqual(['NOT_FOUND']);
  }
});

test('deletes all data, refuses the tokens everywhere and keeps the identifier', async () => {
  const token = await tenant.token();
  expect(await visit(other, name, token)).toBe(name);
  const { _id, placement } = tenant.record;
  const { db } = gateway.app.platform.control;
  expect((await operate(gateway, 'deleteTenant', { id: _id })).codes).toEqual([]);
  expect(await db.client.db(placement.database).listCollections().toArray()).toEqual([]);
  await eventually(async () => {
    for (const node of [gateway, other]) {
      expect(await visit(node, name)).toBe('TENANT_NOT_FOUND');
      expect(['TENANT_NOT_FOUND', 'UNAUTHENTICATED']).toContain(await visit(node, name, token));
    }
  }, WITHIN_A_SECOND);
  const record = await gateway.app.platform.control.tenants.findOne({ _id });
  expect(record).toMatchObject({ status: 'DELETED', keys: [], settings: {}, administratorEmail: null });
  for (const node of [gateway, other]) {
    expect((await register(node, { identifier: name, name })).userErrors).toMatchObject([
      { code: 'IDENTIFIER_TAKEN' },
    ]);
    expect((await platform(node, `{ identifierAvailable(identifier: "${name}") }`)).data).toEqual({
      identifierAvailable: false,
    });
  }
});

test('a deletion gives back all the room the tenant took', async () => {
  const used = async () => (await gateway.app.platform.clusters.all())[0]?.free ?? 0;
  const before = await used();
  const token = await tenant.token();
  const created = await graphql({
    port: gateway.port,
    token,
    query: `mutation { createResource(input: { name: "Orders", audience: "https://orders.example" }) { userErrors { code } } }`,
  });
  expect(created).toMatchObject({ data: { createResource: { userErrors: [] } } });
  await eventually(async () => expect(await used()).toBeLessThan(before));
  await operate(gateway, 'deleteTenant', { id: tenant.record._id });
  expect(await used()).toBe(before + 4);
});

test('an identifier that was released begins anew: same ids, nothing old', async () => {
  const createClient = `mutation { createClient(input: { name: "Shop", idempotencyKey: "a-key-that-is-long-enough-to-be-one" }) {
    client { id clientId } userErrors { code message } } }`;
  const made = async (token: string) => {
    const { data, errors } = await graphql({ port: gateway.port, token, query: createClient });
    expect(errors).toBeUndefined();
    return (data?.['createClient'] as { client: { id: string; clientId: string } }).client;
  };
  const oldToken = await tenant.token();
  const old = await made(oldToken);
  await operate(gateway, 'deleteTenant', { id: tenant.record._id });
  expect(
    (await operate(gateway, 'releaseIdentifier', { identifier: name }, 'identifier userErrors { code }'))
      .payload,
  ).toEqual({
    identifier: name,
    userErrors: [],
  });
  const reborn = await register(gateway, { identifier: name, name: 'Reborn' });
  expect(reborn.tenant?.id).not.toBe(tenant.record._id);
  expect(reborn.tenant?.issuer).toBe(tenant.record.issuer);
  const newToken = reborn.bootstrap?.accessToken ?? '';
  for (const node of [gateway, other]) {
    await eventually(async () => expect(await visit(node, name, newToken)).toBe(name), WITHIN_A_SECOND);
    expect(await visit(node, name, oldToken)).toBe('UNAUTHENTICATED');
  }
  const query = '{ clients { nodes { id name } } }';
  const seen = await graphql({ port: gateway.port, token: newToken, query });
  const names = (seen.data as { clients: { nodes: { name: string }[] } }).clients.nodes.map(
    (client) => client.name,
  );
  expect(names).toEqual(['Administrator']);
  const byOldId = await graphql({
    port: gateway.port,
    token: newToken,
    query: 'query ($id: ID!) { node(id: $id) { id } }',
    variables: { id: old.id },
  });
  expect(byOldId.data).toEqual({ node: null });
  // The same object id may come into being again; it is another object.
  const { control } = gateway.app.platform;
  const record = await control.tenants.findOne({ _id: reborn.tenant?.id ?? '' });
  const stored = control.db.client.db(record?.placement.database).collection('clients');
  const [administrator] = await stored.find({}).toArray();
  await stored.insertOne({ ...administrator, _id: old.clientId as never, name: 'Namesake', secrets: [] });
  const namesake = await graphql({
    port: gateway.port,
    token: newToken,
    query: 'query ($id: ID!) { node(id: $id) { ... on Client { name } } }',
    variables: { id: old.id },
  });
  expect(namesake.data).toEqual({ node: { name: 'Namesake' } });
  const ofOld = await platform(
    gateway,
    `{ tenantByIdentifier(identifier: "${name}") { id } tenant(id: "${tenant.record._id}") { status aliases } }`,
    {},
    await operatorToken(gateway),
  );
  expect(ofOld.data).toEqual({
    tenantByIdentifier: { id: reborn.tenant?.id },
    tenant: { status: 'DELETED', aliases: [] },
  });
});

test('several identifiers can be released one after the other', async () => {
  for (const suffix of ['a', 'b', 'c']) {
    const { record } = await registerTenant(gateway, `released-${suffix}`);
    await operate(gateway, 'deleteTenant', { id: record._id });
    expect((await operate(gateway, 'releaseIdentifier', { identifier: `released-${suffix}` })).codes).toEqual(
      [],
    );
    expect((await operate(gateway, 'releaseIdentifier', { identifier: `released-${suffix}` })).codes).toEqual(
      ['INVALID'],
    );
  }
});

test('releases nothing that a living tenant answers to or was issued under', async () => {
  const renamed = await rename(await tenant.token(), `${name}-renamed`);
  expect(renamed.codes).toEqual([]);
  for (const identifier of ['acme', name, `${name}-renamed`]) {
    expect((await operate(gateway, 'releaseIdentifier', { identifier })).codes).toEqual(['IN_USE']);
  }
  expect((await operate(gateway, 'releaseIdentifier', { identifier: 'nobody-at-all' })).codes).toEqual([
    'INVALID',
  ]);
  // All names of a deleted one can be.
  await operate(gateway, 'deleteTenant', { id: tenant.record._id });
  for (const identifier of [name, `${name}-renamed`]) {
    expect((await register(gateway, { identifier, name })).userErrors).toMatchObject([
      { code: 'IDENTIFIER_TAKEN' },
    ]);
    expect((await operate(gateway, 'releaseIdentifier', { identifier })).codes).toEqual([]);
    expect((await register(gateway, { identifier, name })).tenant?.status).toBe('ACTIVE');
  }
});

async function rename(token: string, identifier: string, node: TestGateway = gateway) {
  const reply = await graphql({
    port: node.port,
    token,
    query: `mutation ($input: RenameTenantInput!) { renameTenant(input: $input) { tenant { identifier } userErrors { code path } } }`,
    variables: { input: { identifier } },
  });
  const payload = reply.data?.['renameTenant'] as
    { tenant: unknown; userErrors: { code: string }[] } | undefined;
  const codes = [
    ...(payload?.userErrors ?? []),
    ...(reply.errors ?? []).map(({ extensions }) => extensions),
  ].map(({ code }) => code);
  return { payload, codes };
}

test('a renamed tenant is found by both names on every node; its tokens and issuer stay', async () => {
  const token = await tenant.token();
  for (const node of [gateway, other]) {
    expect(await visit(node, `${name}-renamed`)).toBe('TENANT_NOT_FOUND');
    expect(await visit(node, name)).toBe(name);
  }
  expect((await rename(token, `${name}-renamed`)).codes).toEqual([]);
  await eventually(async () => {
    for (const node of [gateway, other]) {
      for (const path of [name, `${name}-renamed`])
        expect(await visit(node, path, token)).toBe(`${name}-renamed`);
    }
  }, WITHIN_A_SECOND);
  const byHost = await graphql({
    port: other.port,
    host: `${name}.gateway.test`,
    query: '{ tenant { identifier } }',
  });
  expect(byHost.data).toEqual({ tenant: { identifier: `${name}-renamed` } });
  expect((await register(other, { identifier: name, name })).userErrors).toMatchObject([
    { code: 'IDENTIFIER_TAKEN' },
  ]);
  // Back again, which needs no new alias.
  expect((await rename(token, name)).codes).toEqual([]);
  await eventually(
    async () => expect(await visit(other, `${name}-renamed`, token)).toBe(name),
    WITHIN_A_SECOND,
  );
  const { issuer, names } =
    (await gateway.app.platform.control.tenants.findOne({ _id: tenant.record._id })) ?? {};
  expect([issuer, names?.sort()]).toEqual([tenant.record.issuer, [name, `${name}-renamed`]]);
});

test('nobody can be renamed to what another tenant is or was called', async () => {
  await rename(await tenant.token(), `${name}-renamed`);
  const { token } = await registerTenant(gateway, `${name}-neighbour`);
  const bearer = await token();
  for (const [identifier, code] of [
    ['acme', 'IDENTIFIER_TAKEN'],
    [name, 'IDENTIFIER_TAKEN'],
    [`${name}-renamed`, 'IDENTIFIER_TAKEN'],
    ['www', 'IDENTIFIER_RESERVED'],
    ['UPPER', 'IDENTIFIER_INVALID'],
  ] as const) {
    expect((await rename(bearer, identifier)).codes, identifier).toEqual([code]);
  }
  expect(await visit(gateway, `${name}-neighbour`, bearer)).toBe(`${name}-neighbour`);
});

test('collects ten aliases and no more', async () => {
  const token = await tenant.token();
  for (let alias = 1; alias <= 10; alias += 1)
    expect((await rename(token, `${name}-alias-${alias}`)).codes).toEqual([]);
  expect((await rename(token, `${name}-alias-11`)).codes).toEqual(['LIMIT']);
  expect((await platform(gateway, `{ identifierAvailable(identifier: "${name}-alias-11") }`)).data).toEqual({
    identifierAvailable: true,
  });
  expect((await rename(token, name)).codes).toEqual([]);
  expect(await visit(gateway, `${name}-alias-7`, token)).toBe(name);
});

test('of two tenants that want one name at once, one gets it', async () => {
  const neighbour = await registerTenant(gateway, `${name}-neighbour`);
  const tokens = [await tenant.token(), await neighbour.token()];
  const wanted = `${name}-wanted`;
  const outcomes = await Promise.all(
    tokens.map((token, index) => rename(token, wanted, index === 0 ? gateway : other)),
  );
  expect(outcomes.map(({ codes }) => codes[0] ?? 'ok').sort()).toEqual(['IDENTIFIER_TAKEN', 'ok']);
});

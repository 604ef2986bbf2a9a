import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { CLI_CLIENT_ID } from '../../src/auth/access-token.ts';
import type { TenantRecord } from '../../src/control-plane/tenant-record.ts';
import { eventually } from '../support/eventually.ts';
import {
  registerBoth,
  registerTenant,
  startGateway,
  type TestGateway,
  type TestTenant,
} from '../support/gateway.ts';
import { secondMongodbUri } from '../support/mongodb-uri.ts';
import { operate, operatorToken, platform, register, visit } from '../support/platform.ts';
import { graphql } from '../support/request.ts';

/** Two processes over one control database; a deleted tenant can be restored for two hours. */
let gateway: TestGateway;
let other: TestGateway;
let both: { acme: TestTenant; globex: TestTenant };
let tenant: TestTenant;
let name: string;
let count = 0;

beforeAll(async () => {
  gateway = await startGateway({ DELETION_GRACE_HOURS: '2' });
  other = await startGateway({
    CONTROL_DATABASE: gateway.config.mongo.controlDatabase,
    DELETION_GRACE_HOURS: '2',
  });
  both = await registerBoth(gateway);
  other.app.start();
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
const HOUR_MS = 3_600_000;

function tenants() {
  return gateway.app.platform.control.tenants;
}

function collectionsOf({ placement }: TenantRecord) {
  const { client } = gateway.app.platform.control.db;
  return client.db(placement.database).listCollections({}, { nameOnly: true }).toArray();
}

/** Takes the hours away that the operator would wait. */
async function passGrace(id: string): Promise<void> {
  await tenants().findOneAndUpdate(
    { _id: id },
    { $set: { 'deletion.dueAt': new Date(Date.now() - 1), updatedAt: new Date(Date.now() - HOUR_MS) } },
  );
}

async function deleted(id: string): Promise<void> {
  await eventually(
    async () => expect((await tenants().findOne({ _id: id }))?.status).toBe('DELETED'),
    15_000,
  );
}

test('a deleted tenant is gone at once on every node, with all its data still there', async () => {
  const id = tenant.record._id;
  const token = await tenant.token();
  for (const node of [gateway, other]) expect(await visit(node, name, token)).toBe(name);
  const { payload } = await operate(
    gateway,
    'deleteTenant',
    { id },
    'tenant { status deletion { requestedBy dueAt startedAt dropped { database } } } userErrors { code }',
  );
  expect(payload).toMatchObject({
    tenant: { status: 'DELETING', deletion: { requestedBy: CLI_CLIENT_ID, startedAt: null, dropped: null } },
    userErrors: [],
  });
  const { deletion } = payload['tenant'] as { deletion: { dueAt: string } };
  expect(Date.parse(deletion.dueAt) - Date.now()).toBeGreaterThan(1.9 * HOUR_MS);
  for (const asked of [undefined, token]) {
    expect(await visit(gateway, name, asked)).toBe('TENANT_NOT_FOUND');
    await eventually(
      async () => expect(await visit(other, name, asked)).toBe('TENANT_NOT_FOUND'),
      WITHIN_A_SECOND,
    );
  }
  expect((await collectionsOf(tenant.record)).length).toBe(2);
  expect((await operate(gateway, 'resumeTenant', { id })).codes).toEqual(['INVALID']);
  expect((await operate(gateway, 'releaseIdentifier', { identifier: name })).codes).toEqual(['IN_USE']);
  expect((await register(other, { identifier: name, name })).userErrors[0]?.code).toBe('IDENTIFIER_TAKEN');
  // The neighbours notice nothing.
  for (const neighbour of ['acme', 'globex'] as const) {
    expect(await visit(other, neighbour, await both[neighbour].token())).toBe(neighbour);
  }
});

test('a restored tenant is what it was, on every node, with the tokens it had', async () => {
  const id = tenant.record._id;
  const token = await tenant.token();
  await operate(gateway, 'deleteTenant', { id });
  await eventually(async () => expect(await visit(other, name)).toBe('TENANT_NOT_FOUND'));
  const restored = await operate(
    other,
    'restoreTenant',
    { id },
    'tenant { status deletion { dueAt } } userErrors { code }',
  );
  expect(restored.payload).toEqual({ tenant: { status: 'ACTIVE', deletion: null }, userErrors: [] });
  await eventually(async () => {
    for (const node of [gateway, other]) expect(await visit(node, name, token)).toBe(name);
  }, WITHIN_A_SECOND);
  // Of one that was suspended the suspension comes back, not the service.
  await operate(gateway, 'suspendTenant', { id });
  await operate(gateway, 'deleteTenant', { id });
  const again = await operate(gateway, 'restoreTenant', { id }, 'tenant { status } userErrors { code }');
  expect(again.payload).toEqual({ tenant: { status: 'SUSPENDED' }, userErrors: [] });
  expect(await visit(gateway, name, token)).toBe('TENANT_SUSPENDED');
});

test('when the time is up a node drops everything and writes down what it was', async () => {
  const id = tenant.record._id;
  const token = await tenant.token();
  const created = await graphql({
    port: gateway.port,
    token,
    query:
      'mutation { createResource(input: { name: "Orders", audience: "https://orders.example" }) { userErrors { code } } }',
  });
  expect(created.data).toEqual({ createResource: { userErrors: [] } });
  await operate(gateway, 'deleteTenant', { id });
  await passGrace(id);
  await deleted(id);
  expect(await collectionsOf(tenant.record)).toEqual([]);
  const record = await tenants().findOne({ _id: id });
  expect(record).toMatchObject({ keys: [], nextKey: null, settings: {}, administratorEmail: null });
  const shown = await platform(
    gateway,
    `query ($id: ID!) { tenant(id: $id) { status deletion {
      requestedBy finishedAt dropped { database collections { name documents } namespaces } } } }`,
    { id },
    await operatorToken(gateway),
  );
  expect(shown.data).toEqual({
    tenant: {
      status: 'DELETED',
      deletion: {
        requestedBy: CLI_CLIENT_ID,
        finishedAt: expect.stringMatching(/^\d{4}-/) as string,
        dropped: {
          database: tenant.record.placement.database,
          collections: [
            { name: '_tenant', documents: 1 },
            { name: 'clients', documents: 1 },
            { name: 'resources', documents: 1 },
          ],
          namespaces: 7,
        },
      },
    },
  });
  expect((await operate(gateway, 'restoreTenant', { id })).codes).toEqual(['INVALID']);
});

test('nothing is restored once the data is going', async () => {
  const id = tenant.record._id;
  await operate(gateway, 'deleteTenant', { id });
  await tenants().findOneAndUpdate({ _id: id }, { $set: { 'deletion.startedAt': new Date() } });
  const late = await operate(gateway, 'restoreTenant', { id }, 'userErrors { code message }');
  expect(late.payload['userErrors']).toEqual([
    { code: 'INVALID', message: 'Its data is being dropped already.' },
  ]);
  expect((await operate(gateway, 'restoreTenant', { id: both.acme.record._id })).codes).toEqual(['INVALID']);
  expect((await operate(gateway, 'restoreTenant', { id: 'nobody' })).codes).toEqual(['NOT_FOUND']);
  await operate(gateway, 'deleteTenant', { id, immediately: true });
});

test('an operator who cannot wait has it dropped at once, also when it was to wait first', async () => {
  const id = tenant.record._id;
  await operate(gateway, 'deleteTenant', { id });
  const now = await operate(
    gateway,
    'deleteTenant',
    { id, immediately: true },
    'tenant { status deletion { finishedAt } } userErrors { code }',
  );
  expect(now.payload).toMatchObject({ tenant: { status: 'DELETED' }, userErrors: [] });
  expect(await collectionsOf(tenant.record)).toEqual([]);
});

test('what a node that was cut off wrote after the drop goes once its time is over, in every placement', async () => {
  const own = { mode: 'DEDICATED' as const, connectionString: secondMongodbUri() };
  const all = [
    tenant,
    await registerTenant(gateway, `${name}-prefixed`, {}, { mode: 'PREFIXED' }),
    await registerTenant(gateway, `${name}-own`, {}, own),
  ];
  const left = async ({ record }: TestTenant) => {
    const { prefix } = record.placement;
    const names = await (
      await gateway.databases.of(record)
    )
      .listCollections({}, { nameOnly: true })
      .toArray();
    return names.flatMap((found) => (found.name.startsWith(prefix) ? [found.name.slice(prefix.length)] : []));
  };
  await Promise.all(
    all.map(({ record }) => operate(gateway, 'deleteTenant', { id: record._id, immediately: true })),
  );
  for (const one of all) {
    expect(await left(one)).toEqual([]);
    // As by a request that was let through before its node noticed that it hears nothing any more.
    const { prefix } = one.record.placement;
    await (await gateway.databases.of(one.record)).collection(`${prefix}clients`).insertOne({ name: 'Late' });
    const { status, deletion, placement } = (await tenants().findOne({ _id: one.record._id }))!;
    expect([status, placement.sealedConnectionString]).toEqual([
      'DELETED',
      one.record.placement.sealedConnectionString,
    ]);
    // The staleness bound and the deadline of a request.
    expect(deletion!.dropAgainAt!.getTime() - deletion!.requestedAt.getTime()).toBe(5_000 + 10_000);
  }
  const ids = all.map(({ record }) => record._id);
  const read = await Promise.all(ids.map((_id) => tenants().findOne({ _id })));
  for (const _id of ids) {
    await tenants().findOneAndUpdate({ _id }, { $set: { 'deletion.dropAgainAt': new Date(0) } });
  }
  for (const one of all) {
    await eventually(async () => expect(await left(one)).toEqual([]), 15_000);
    await eventually(async () => {
      const { deletion, placement } = (await tenants().findOne({ _id: one.record._id }))!;
      expect([deletion?.dropAgainAt, placement.sealedConnectionString]).toEqual([undefined, null]);
    }, 15_000);
  }
  // As by a rewrap that read the records before.
  for (const found of read) {
    const { _id, version, placement } = found!;
    const late = { $set: { placement }, $inc: { version: 1 } } as const;
    expect(await tenants().findOneAndUpdate({ _id, version }, late)).toBeNull();
  }
  const told = other.logs.filter(({ event }) => event === 'late_writes_dropped');
  expect(told.map((line) => [line['tenant'], line['collections']])).toEqual(
    expect.arrayContaining(ids.map((id) => [id, ['clients']])),
  );
  for (const neighbour of [both.acme, both.globex]) expect(await left(neighbour)).toContain('clients');
});

test('many nodes at once delete and count once', async () => {
  const free = async () => (await gateway.app.platform.clusters.all())[0]?.free ?? 0;
  const before = await free();
  const id = tenant.record._id;
  await Promise.all(
    [gateway, other, gateway, other].map((node) => operate(node, 'deleteTenant', { id, immediately: true })),
  );
  await deleted(id);
  expect(await free()).toBe(before + 4);
});

test('lists tenants by status', async () => {
  const id = tenant.record._id;
  await operate(gateway, 'deleteTenant', { id });
  const ids = async (filter: object) => {
    const { data } = await platform(
      gateway,
      'query ($filter: TenantFilter) { tenants(first: 100, filter: $filter) { nodes { id } totalCount } }',
      { filter },
      await operatorToken(gateway),
    );
    const { nodes, totalCount } = data?.['tenants'] as { nodes: { id: string }[]; totalCount: number };
    expect(totalCount).toBe(nodes.length);
    return nodes.map((node) => node.id);
  };
  expect(await ids({ status: ['DELETING'] })).toContain(id);
  const living = await ids({ status: ['ACTIVE', 'SUSPENDED'] });
  expect(living).toContain(both.acme.record._id);
  expect(living).not.toContain(id);
  expect(await ids({})).toEqual(expect.arrayContaining([id, both.globex.record._id]));
});

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { registerTenant, startGateway, type TestGateway, type TestTenant } from '../support/gateway.ts';
import { operate, operatorToken, platform } from '../support/platform.ts';
import { graphql } from '../support/request.ts';

let gateway: TestGateway;
let acme: TestTenant;
let globex: TestTenant;
let count = 0;

beforeAll(async () => {
  gateway = await startGateway();
});

// A shell is checked when it opens, so every test has tenants nobody visited yet.
beforeEach(async () => {
  count += 1;
  acme = await registerTenant(gateway, `acme-${count}`);
  globex = await registerTenant(gateway, `globex-${count}`);
  gateway.logs.length = 0;
});

afterAll(() => gateway[Symbol.asyncDispose]());

interface StampDocument {
  _id: string;
  tenant: string;
  epoch: number;
  migrations: { name: string; at: Date; deferredCollections: string[] }[];
}

function databaseOf({ record }: TestTenant) {
  return gateway.app.platform.control.db.client.db(record.placement.database);
}

function stampOf(tenant: TestTenant) {
  return databaseOf(tenant).collection<StampDocument>('_tenant');
}

/** Everything a tenant's database holds. */
async function dump(tenant: TestTenant): Promise<unknown> {
  const db = databaseOf(tenant);
  const names = (await db.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name).sort();
  return Promise.all(
    names.map(async (name) => [name, await db.collection(name).find({}).sort({ _id: 1 }).toArray()]),
  );
}

async function expectRefused(tenant: TestTenant, event: string): Promise<void> {
  const before = await dump(tenant);
  const port = gateway.port;
  const path = `/t/${tenant.record.identifier}/graphql`;
  const token = await tenant.token();
  const write =
    'mutation { createClient(input: { name: "intruder" }) { client { id } userErrors { code } } }';
  for (const query of ['{ tenant { name } clients { totalCount } }', write]) {
    const reply = await graphql({ port, path, token, query });
    expect(reply).toMatchObject({ status: 503, errors: [{ extensions: { code: 'TENANT_UNAVAILABLE' } }] });
    expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0);
    // Why, is the operator's business.
    expect(JSON.stringify(reply)).not.toMatch(/stamp|epoch|migration|tg_/);
  }
  const told = gateway.logs.filter((line) => line['event'] === event && line['tenant'] === tenant.record._id);
  expect(told.length).toBeGreaterThan(0);
  expect(told.every(({ level }) => level === 'error')).toBe(true);
  expect(await dump(tenant)).toEqual(before);
}

test('refuses a database that carries the stamp of another tenant', async () => {
  await stampOf(acme).updateOne({ _id: 'stamp' }, { $set: { tenant: globex.record._id } });
  await expectRefused(acme, 'foreign_stamp');
  expect(gateway.logs.find(({ event }) => event === 'foreign_stamp')).toMatchObject({
    database: acme.record.placement.database,
    found: expect.stringContaining(globex.record._id),
  });
});

test('refuses a record that was pointed at the database of another tenant', async () => {
  const { tenants } = gateway.app.platform.control;
  const before = await dump(globex);
  await tenants.findOneAndUpdate(
    { _id: acme.record._id },
    { $set: { 'placement.database': globex.record.placement.database }, $inc: { version: 1 } },
  );
  gateway.app.directory.forget(acme.record._id, acme.record.names);
  await expectRefused(
    { ...acme, record: { ...acme.record, placement: globex.record.placement } },
    'foreign_stamp',
  );
  expect(await dump(globex)).toEqual(before);
  // Nor does an operator's command touch what is not that tenant's.
  const migrate = 'mutation { migrateTenants { failed { tenant } userErrors { code } } }';
  const { data } = await platform(gateway, migrate, {}, await operatorToken(gateway));
  expect((data?.['migrateTenants'] as { failed: unknown[] }).failed).toContainEqual({
    tenant: acme.record._id,
  });
  const deleted = await operate(gateway, 'deleteTenant', { id: acme.record._id });
  expect(deleted.codes).toEqual(['INTERNAL']);
  expect(await dump(globex)).toEqual(before);
});

test('refuses a database without a stamp', async () => {
  await stampOf(acme).deleteOne({ _id: 'stamp' });
  await expectRefused(acme, 'foreign_stamp');
});

test('refuses a database that is gone', async () => {
  await databaseOf(acme).dropDatabase();
  await expectRefused(acme, 'foreign_stamp');
});

test.each([0, 2])('refuses a database at another epoch: %i', async (epoch) => {
  await stampOf(acme).updateOne({ _id: 'stamp' }, { $set: { epoch } });
  await expectRefused(acme, 'foreign_stamp');
});

test('refuses a database that a newer build has migrated', async () => {
  const migration = { name: 'content/999-from-the-future', at: new Date(), deferredCollections: [] };
  await stampOf(acme).updateOne({ _id: 'stamp' }, { $push: { migrations: migration } });
  await expectRefused(acme, 'tenant_unavailable');
});

test('serves the tenant next door meanwhile', async () => {
  await stampOf(acme).deleteOne({ _id: 'stamp' });
  const query = '{ tenant { identifier } }';
  const [refused, served] = await Promise.all(
    [acme, globex].map(({ record }) =>
      graphql({ port: gateway.port, path: `/t/${record.identifier}/graphql`, query }),
    ),
  );
  expect(refused?.status).toBe(503);
  expect(served?.data).toEqual({ tenant: { identifier: globex.record.identifier } });
});

test('a database behind this build is served and brought up to date', async () => {
  await stampOf(acme).updateOne({ _id: 'stamp' }, { $set: { migrations: [] } });
  const reply = await graphql({
    port: gateway.port,
    path: `/t/${acme.record.identifier}/graphql`,
    query: '{ tenant { identifier } }',
  });
  expect(reply.data).toEqual({ tenant: { identifier: acme.record.identifier } });
  const expected = (await stampOf(globex).findOne({ _id: 'stamp' }))?.migrations.map(({ name }) => name);
  expect(expected?.length).toBeGreaterThan(0);
  await expect
    .poll(async () => (await stampOf(acme).findOne({ _id: 'stamp' }))?.migrations.map(({ name }) => name), {
      timeout: 10_000,
    })
    .toEqual(expected);
});

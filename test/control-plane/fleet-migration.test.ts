import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { registerTenant, startGateway, type TestGateway, type TestTenant } from '../support/gateway.ts';
import { changeStamp, databaseOf, ledgerOf } from '../support/migrations.ts';
import { operate, operatorToken, platform, visit } from '../support/platform.ts';

let gateway: TestGateway;
const tenants: TestTenant[] = [];

/** Tenants, of which two have what their migration cannot bear. */
const COUNT = 40;
const FAILING = ['fleet-7', 'fleet-23'];

beforeAll(async () => {
  gateway = await startGateway();
  for (let index = 0; index < COUNT; index += 1) {
    tenants.push(await registerTenant(gateway, `fleet-${index}`, { modules: ['resources'] }));
  }
  await Promise.all(tenants.map((tenant) => changeStamp(gateway, tenant, { migrations: [] })));
  for (const identifier of FAILING) {
    const db = await databaseOf(gateway, tenantCalled(identifier));
    const twice = [1, 2].map((_id) => ({ _id: `r${_id}` as never, audience: 'https://secret.example' }));
    await db.collection('resources').insertMany(twice);
  }
}, 60_000);

afterAll(() => gateway[Symbol.asyncDispose]());

function tenantCalled(identifier: string): TestTenant {
  const tenant = tenants.find(({ record }) => record.identifier === identifier);
  if (tenant === undefined) throw new Error(`no tenant ${identifier}`);
  return tenant;
}

const RUN = `fleetMigration { id state dryRun total done migrated current quarantined quarantinedTenants
  failed { identifier migration code message } planned { identifier migrations } }`;

interface Run {
  id: string;
  state: string;
  done: number;
  quarantinedTenants: string[];
  failed: { identifier: string }[];
  planned: { identifier: string; migrations: string[] }[];
}

/** Runs one to its end. */
async function migrate(input: object): Promise<Run> {
  const { payload, codes } = await operate(
    gateway,
    'migrateTenants',
    input,
    `${RUN} userErrors { code message }`,
  );
  expect(codes).toEqual([]);
  const { id } = payload['fleetMigration'] as Run;
  return eventually(async () => {
    const { data } = await platform(
      gateway,
      `query ($id: ID!) { fleetMigration(id: $id) ${RUN.slice(15)} }`,
      { id },
      await operatorToken(gateway),
    );
    const run = data?.['fleetMigration'] as Run;
    expect(run.state).not.toBe('RUNNING');
    return run;
  }, 30_000);
}

const migrationOf = async (identifier: string) => {
  const query = `{ tenantByIdentifier(identifier: "${identifier}") { migration { state pending migration code message attempts } } }`;
  const { data } = await platform(gateway, query, {}, await operatorToken(gateway));
  return (data?.['tenantByIdentifier'] as { migration: Record<string, unknown> }).migration;
};

test('a dry run names what would be run, and runs nothing', async () => {
  const run = await migrate({ dryRun: true });
  expect(run).toMatchObject({
    state: 'DONE',
    dryRun: true,
    total: COUNT,
    done: COUNT,
    migrated: 0,
    failed: [],
  });
  expect(run.planned).toHaveLength(COUNT);
  expect(run.planned[0]?.migrations).toContain('resources/001-unique-audience');
  expect(await ledgerOf(gateway, tenantCalled('fleet-0'))).toEqual([]);
  expect(await migrationOf('fleet-0')).toMatchObject({ state: 'PENDING', attempts: 0 });
});

test('a canary that fails stops everything before anybody else is touched', async () => {
  const run = await migrate({ canary: ['fleet-7', 'fleet-8'] });
  expect(run).toMatchObject({ state: 'STOPPED', done: 2, migrated: 1, failed: [{ identifier: 'fleet-7' }] });
  expect(await ledgerOf(gateway, tenantCalled('fleet-0'))).toEqual([]);
  const { codes } = await operate(gateway, 'migrateTenants', { canary: ['nobody'] });
  expect(codes).toEqual(['INVALID']);
});

test('those that fail are named and put aside, the others go on and all are served', async () => {
  const run = await migrate({ parallelism: 4, retryFailed: true });
  expect(run).toMatchObject({ state: 'DONE', done: COUNT, migrated: COUNT - 3, current: 1, quarantined: 0 });
  expect(run.failed.map(({ identifier }) => identifier).sort()).toEqual([...FAILING].sort());
  expect(JSON.stringify(run)).not.toContain('secret');
  expect(await migrationOf('fleet-0')).toMatchObject({ state: 'CURRENT', pending: [] });
  expect(await migrationOf('fleet-7')).toMatchObject({
    state: 'FAILED',
    migration: 'resources/001-unique-audience',
    code: 'DuplicateKey',
    attempts: 2,
  });
  for (const identifier of ['fleet-0', ...FAILING]) expect(await visit(gateway, identifier)).toBe(identifier);
});

test('a later run leaves those aside until it is told to try them again', async () => {
  const left = await migrate({});
  expect(left).toMatchObject({ migrated: 0, current: COUNT - 2, quarantined: 2, failed: [] });
  expect(left.quarantinedTenants.sort()).toEqual([...FAILING].sort());
  const db = await databaseOf(gateway, tenantCalled('fleet-7'));
  await db.collection('resources').deleteOne({ _id: 'r2' as never });
  const run = await migrate({ retryFailed: true });
  expect(run).toMatchObject({ migrated: 1, current: COUNT - 2, failed: [{ identifier: 'fleet-23' }] });
  expect(await migrationOf('fleet-7')).toMatchObject({ state: 'CURRENT', attempts: 0 });
});

test('a run whose node died is taken up by another, which goes on behind what was done', async () => {
  await Promise.all(tenants.map((tenant) => changeStamp(gateway, tenant, { migrations: [] })));
  const { fleetRuns } = gateway.app.platform.control;
  const done = await fleetRuns.findOne({ state: 'DONE' });
  const half = tenants[COUNT / 2 - 1]?.record._id;
  if (done === null || half === undefined) throw new Error('nothing to take up');
  await fleetRuns.insert({
    ...{ ...done, _id: 'taken-up', state: 'RUNNING', dryRun: false, retryFailed: false, isAttached: false },
    ...{
      done: COUNT / 2,
      migrated: COUNT / 2,
      current: 0,
      quarantined: 0,
      quarantinedTenants: [],
      failed: [],
      planned: [],
      after: half,
    },
    ...{ lease: { by: 'dead', until: new Date(0) }, finishedAt: null },
  });
  await using other = await startGateway({ CONTROL_DATABASE: gateway.config.mongo.controlDatabase });
  other.app.start();
  await eventually(async () => {
    expect(await fleetRuns.findOne({ _id: 'taken-up' })).toMatchObject({
      ...{ state: 'DONE', done: COUNT, migrated: COUNT - 1, quarantined: 1, failed: [] },
    });
  }, 20_000);
  expect(await ledgerOf(gateway, tenantCalled('fleet-0'))).toEqual([]);
  expect((await ledgerOf(gateway, tenantCalled(`fleet-${COUNT - 1}`))).length).toBeGreaterThan(0);
});

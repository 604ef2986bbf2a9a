import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PlacementRequest } from '../../src/control-plane/registration-input.ts';
import { ResourceStack } from '../../src/lib/resource-stack.ts';
import { eventually } from '../support/eventually.ts';
import { gatewayProcess } from '../support/gateway-process.ts';
import {
  MASTER_KEY,
  registerTenant,
  startGateway,
  type TestGateway,
  type TestTenant,
} from '../support/gateway.ts';
import { changeStamp, databaseOf, ledgerOf, stampOf } from '../support/migrations.ts';
import { secondMongodbUri } from '../support/mongodb-uri.ts';
import { operate, operatorToken, platform, visit } from '../support/platform.ts';

const stack = new ResourceStack();
/** The node the test looks from, which takes up what is left. */
let here: TestGateway;
let tenants: TestTenant[];
/** Names of all migrations, in their order. */
let whole: string[];

/** Tenants of each placement, and workers that die at each boundary. */
const EACH = 3;

/** Before a migration ran, between that and its entry in the ledger, and right after that. */
const BOUNDARIES = ['before:migrate', 'before:migrate-log', 'after:migrate-log'];

beforeAll(async () => {
  here = stack.use(await startGateway({ CONTROL_DATABASE: `test_${randomBytes(6).toString('hex')}` }));
  const placements: PlacementRequest[] = [
    { mode: 'DATABASE' },
    { mode: 'PREFIXED' },
    { mode: 'DEDICATED', connectionString: secondMongodbUri() },
  ];
  tenants = await Promise.all(
    placements.flatMap((placement) =>
      Array.from({ length: EACH }, (_unused, index) =>
        registerTenant(here, `${placement.mode.toLowerCase()}-${index}`, {}, placement),
      ),
    ),
  );
  whole = await ledgerOf(here, tenants[0]!);
  for (const tenant of tenants) {
    await changeStamp(here, tenant, { migrations: [] });
    await (await resourcesOf(tenant)).insertOne({ audience: `https://${tenant.record.identifier}.example` });
  }
});

afterAll(() => stack[Symbol.asyncDispose]());

async function resourcesOf(tenant: TestTenant) {
  return (await databaseOf(here, tenant)).collection(`${tenant.record.placement.prefix}resources`);
}

const RUN = 'fleetMigration { id } userErrors { code }';

test('a fleet migration whose process is killed in nine tenants at once is taken up by another, and nothing is done twice', async () => {
  const dying = stack.use(
    await gatewayProcess({
      CONTROL_DATABASE: here.config.mongo.controlDatabase,
      PUBLIC_URL: 'http://gateway.test',
      BASE_DOMAIN: 'gateway.test',
      MASTER_KEY: MASTER_KEY.toString('base64'),
      CRASH_POINT: BOUNDARIES.flatMap((boundary) => Array.from({ length: EACH }, () => boundary)).join(','),
    }),
  );
  await dying.start();
  const migrate = `mutation { migrateTenants(input: { parallelism: ${tenants.length} }) { ${RUN} } }`;
  await platform(dying, migrate, {}, await operatorToken(here)).catch(() => undefined);
  expect(await dying.ended(), dying.output).toBe('SIGKILL');

  const left = await Promise.all(tenants.map((tenant) => stampOf(here, tenant)));
  expect(left.map(({ migrations }) => migrations.length).sort()).toEqual([0, 0, 0, 0, 0, 0, 1, 1, 1]);
  for (const { migrating } of left) expect(migrating?.until.getTime()).toBeGreaterThan(Date.now());
  const { fleetRuns } = here.app.platform.control;
  const [run] = await fleetRuns.find({});
  expect(run).toMatchObject({ state: 'RUNNING', total: tenants.length, done: 0 });
  // The dead hold it as long as they might be alive.
  expect((await operate(here, 'migrateTenants', {}, RUN)).codes).toEqual(['CONFLICT']);

  // Sooner than they would by themselves: the run is free at once, the tenants a moment later.
  const freeAt = new Date(Date.now() + 2_000);
  for (const tenant of tenants) await changeStamp(here, tenant, { 'migrating.until': freeAt });
  await fleetRuns.findOneAndUpdate({}, { $set: { 'lease.until': new Date(0) } });
  here.app.start();
  await eventually(async () => {
    expect(await fleetRuns.findOne({})).toMatchObject({
      ...{ _id: run?._id, state: 'DONE', done: tenants.length, migrated: tenants.length },
      ...{ current: 0, quarantined: 0, failed: [] },
    });
  }, 30_000);

  for (const [index, tenant] of tenants.entries()) {
    const { migrations, migrating, fence } = await stampOf(here, tenant);
    expect(migrations.map(({ name }) => name)).toEqual(whole);
    const before = left[index]!;
    const kept = before.migrations.length;
    expect(migrations.slice(0, kept)).toEqual(before.migrations);
    for (const { at } of migrations.slice(kept))
      expect(at.getTime()).toBeGreaterThanOrEqual(freeAt.getTime());
    expect([migrating, fence]).toEqual([null, before.fence + 1]);
    const resources = await resourcesOf(tenant);
    expect((await resources.indexes()).map(({ name }) => name)).toEqual(['_id_', 'audience']);
    expect(await resources.distinct('audience')).toEqual([`https://${tenant.record.identifier}.example`]);
    expect(await visit(here, tenant.record.identifier, await tenant.token())).toBe(tenant.record.identifier);
  }
  const again = await operate(here, 'migrateTenants', {}, RUN);
  expect(again.codes).toEqual([]);
  await eventually(async () => {
    const { id } = again.payload['fleetMigration'] as { id: string };
    expect(await fleetRuns.findOne({ _id: id })).toMatchObject({ state: 'DONE', migrated: 0, current: 9 });
  }, 20_000);
}, 90_000);

import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TenantRecord } from '../../src/control-plane/tenant-record.ts';
import { eventually } from '../support/eventually.ts';
import { type GatewayProcess, gatewayProcess } from '../support/gateway-process.ts';
import {
  MASTER_KEY,
  registerBoth,
  registerTenant,
  startGateway,
  type TestGateway,
} from '../support/gateway.ts';
import { operate, operatorToken, platform, register, visit } from '../support/platform.ts';

const bothEndsOf = (steps: string[]) => steps.flatMap((step) => [`before:${step}`, `after:${step}`]);

const REGISTERING = bothEndsOf(['reserve', 'record', 'stamp', 'client', 'activate']);
const DELETING = bothEndsOf(['delete-mark', 'delete-inventory', 'delete-drop', 'delete-finish']);
const UNDOING = bothEndsOf(['undo-mark', 'undo-drop', 'undo-remove']);

const numbered = (prefix: string, points: string[]) =>
  points.map((_point, index) => ({ identifier: `${prefix}-${index}`, name: prefix }));

/** One for each boundary; at which of them each dies is left to chance. */
const keyed = numbered('keyed', REGISTERING).map((input) => ({
  ...input,
  idempotencyKey: randomBytes(16).toString('base64url'),
}));
const keyless = numbered('keyless', [...REGISTERING, ...UNDOING]);
const created = numbered('created', REGISTERING);
const deleted = numbered('deleted', DELETING);
/** Those among the keyless whose undoing is killed, too. */
let undone: typeof keyless;

/** The node the test looks from; it carries nothing on. */
let here: TestGateway;
/** Where processes are started and killed. */
let lanes: [GatewayProcess, GatewayProcess];
/** The process that is started after all the deaths. */
let survivor: GatewayProcess;

/** What was left of each tenant right after the deaths, by identifier. */
const remains = new Map<string, string>();
/** The database each of them had, by identifier. */
const databases = new Map<string, string>();

const NO_RECORD = 'no record: ';
const UNFINISHED = 'PROVISIONING: ';
const STAMPED = 'PROVISIONING: _tenant';
const ACTIVE = 'ACTIVE: _tenant+clients';

const RECOVERED_WITHIN_MS = 60_000;

beforeAll(async () => {
  const shared = {
    CONTROL_DATABASE: `test_${randomBytes(6).toString('hex')}`,
    PUBLIC_URL: 'http://gateway.test',
    BASE_DOMAIN: 'gateway.test',
  };
  here = await startGateway({ ...shared, DELETION_GRACE_HOURS: '2' });
  await registerBoth(here);
  const env = { ...shared, MASTER_KEY: MASTER_KEY.toString('base64') };
  lanes = [await gatewayProcess(env), await gatewayProcess(env)];
  const [one, two] = lanes;
  const token = await operatorToken(here);

  await startAt(REGISTERING, [...REGISTERING, ...UNDOING.map(() => 'after:stamp')]);
  await killedBy(
    one,
    keyed.map((input) => register(one, input)),
  );
  await killedBy(
    two,
    keyless.map((input) => register(two, input)),
  );

  await startAt(REGISTERING, DELETING);
  const create =
    'mutation ($input: CreateTenantInput!) { createTenant(input: $input) { userErrors { code } } }';
  await killedBy(
    one,
    created.map((input) => platform(one, create, { input }, token)),
  );
  const remove =
    'mutation ($input: DeleteTenantInput!) { deleteTenant(input: $input) { tenant { status } } }';
  const doomed = await Promise.all(deleted.map(({ identifier }) => registerTenant(here, identifier)));
  const ids = doomed.map(({ record }) => record._id);
  // Two die while they mark a tenant; where the time is up already, one dies at each of the other boundaries.
  for (const id of ids.slice(2)) await operate(here, 'deleteTenant', { id });
  const inputs = ids.map((id, index) => ({ id, immediately: index >= 2 }));
  await killedBy(
    two,
    inputs.map((input) => platform(two, remove, { input }, token)),
  );

  await noteRemains([...keyed, ...keyless, ...created, ...deleted]);
  undone = keyless
    .filter(({ identifier }) => remains.get(identifier)?.startsWith(STAMPED))
    .slice(0, UNDOING.length);
  // An undoing is the sweeper's: it dies with the first one it takes up.
  for (let index = 0; index < UNDOING.length; index += 2) {
    const next = undone.slice(index, index + 2).map(({ identifier }) => identifier);
    await here.app.platform.control.db
      .collection('tenants')
      .updateMany({ identifier: { $in: next } }, { $set: { 'provisioning.leasedUntil': new Date(0) } });
    lanes.forEach((lane, at) => lane.launch({ CRASH_POINT: UNDOING[index + at] ?? '' }));
    for (const lane of lanes) expect(await lane.ended(), lane.output).toBe('SIGKILL');
    await setLeases(new Date(Date.now() + 3_600_000));
  }
  await noteRemains(undone);

  await setLeases(new Date(0));
  survivor = one;
  await survivor.start();
  const inBetween = { status: { $in: ['PROVISIONING', 'FAILED', 'DELETING'] as const } };
  await eventually(
    async () => expect(await here.app.platform.control.tenants.count(inBetween as never)).toBe(0),
    RECOVERED_WITHIN_MS,
  );
}, 300_000);

afterAll(async () => {
  for (const lane of lanes ?? []) await lane[Symbol.asyncDispose]();
  await here?.[Symbol.asyncDispose]();
});

async function startAt(...points: [string[], string[]]): Promise<void> {
  await Promise.all(lanes.map((lane, at) => lane.start({ CRASH_POINT: points[at]?.join(',') ?? '' })));
}

/** Waits for a process to die of its work; the next one shall not take up what is left. */
async function killedBy(lane: GatewayProcess, work: Promise<unknown>[]): Promise<void> {
  await Promise.allSettled(work);
  expect(await lane.ended(), lane.output).toBe('SIGKILL');
  await setLeases(new Date(Date.now() + 3_600_000));
}

/** Until when the dead hold what they worked on; the time of every deleted tenant is up. */
async function setLeases(until: Date): Promise<void> {
  const tenants = here.app.platform.control.db.collection('tenants');
  await tenants.updateMany({ status: 'PROVISIONING' }, { $set: { 'provisioning.leasedUntil': until } });
  await tenants.updateMany(
    { status: 'DELETING' },
    { $set: { 'deletion.leasedUntil': until, 'deletion.dueAt': new Date(0) } },
  );
}

async function recordOf(identifier: string): Promise<TenantRecord | null> {
  return here.app.platform.control.tenants.findOne({ identifier: identifier as never });
}

/** How many documents are in which collection of a database. */
async function contentOf(database: string): Promise<Record<string, number>> {
  const db = here.app.platform.control.db.client.db(database);
  const names = (await db.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name).sort();
  return Object.fromEntries(
    await Promise.all(
      names.map(async (name) => [name, await db.collection(name).countDocuments()] as [string, number]),
    ),
  );
}

async function noteRemains(tenants: { identifier: string }[]): Promise<void> {
  for (const { identifier } of tenants) {
    const record = await recordOf(identifier);
    if (record !== null) databases.set(identifier, record.placement.database);
    const status = record === null ? 'no record' : record.status;
    const ledger = record?.deletion?.dropped ? ', written down' : '';
    const there = Object.keys(await contentOf(databases.get(identifier) ?? 'tg_none')).join('+');
    remains.set(identifier, `${status}${ledger}: ${there}`);
  }
}

function remainsOf(tenants: { identifier: string }[]): string[] {
  return tenants.map(({ identifier }) => remains.get(identifier) ?? '').sort();
}

async function used(): Promise<number> {
  const [cluster] = await here.app.platform.clusters.all();
  return (cluster?.budget ?? 0) - (cluster?.free ?? 0);
}

/** Nothing anywhere says that this tenant ever was; who asks for its identifier gets it. */
async function expectAbsent(identifier: string): Promise<void> {
  expect(await recordOf(identifier), identifier).toBeNull();
  expect(await contentOf(databases.get(identifier) ?? 'tg_none'), identifier).toEqual({});
  expect(await visit(survivor, identifier)).toBe('TENANT_NOT_FOUND');
  const { data } = await platform(survivor, `{ identifierAvailable(identifier: "${identifier}") }`);
  expect(data).toEqual({ identifierAvailable: true });
}

async function expectComplete(identifier: string): Promise<void> {
  const record = await recordOf(identifier);
  expect(record?.status, identifier).toBe('ACTIVE');
  expect(await contentOf(record?.placement.database ?? ''), identifier).toEqual({ _tenant: 1, clients: 1 });
  expect(await visit(survivor, identifier)).toBe(identifier);
}

/**
 * Ten of them met the ten boundaries. Stamp and client are written at once, so that one may stop at a boundary of each,
 * and another gets further.
 */
function expectAllBoundaries(tenants: { identifier: string }[]): void {
  const all = remainsOf(tenants);
  const unfinished = all.filter((each) => each.startsWith(UNFINISHED));
  const active = all.filter((each) => each === ACTIVE);
  // Two around the reservation, one before the record.
  expect(all.filter((each) => each === NO_RECORD)).toHaveLength(3);
  // One after its record, two at least at stamp and client, one before the switch.
  expect(unfinished).toContain(UNFINISHED);
  expect(unfinished).toContain('PROVISIONING: _tenant+clients');
  expect(unfinished.length).toBeGreaterThanOrEqual(4);
  expect(active.length).toBeGreaterThanOrEqual(1);
  expect(3 + unfinished.length + active.length, all.join(', ')).toBe(tenants.length);
}

describe('a registration that was killed', () => {
  test('with an idempotency key is complete, or its replay makes it so', async () => {
    expectAllBoundaries(keyed);
    for (const input of keyed) {
      const isRecorded = remains.get(input.identifier) !== NO_RECORD;
      await (isRecorded ? expectComplete : expectAbsent)(input.identifier);
      const { tenant, bootstrap, userErrors } = await register(survivor, input);
      expect([tenant?.status, userErrors]).toEqual(['ACTIVE', []]);
      expect(await visit(survivor, input.identifier, bootstrap?.accessToken)).toBe(input.identifier);
      await expectComplete(input.identifier);
    }
  });

  test('without one is absent, unless it was all done', async () => {
    const notUndone = keyless.filter((input) => !undone.includes(input));
    expectAllBoundaries(notUndone);
    for (const { identifier } of notUndone) {
      await (remains.get(identifier) === ACTIVE ? expectComplete : expectAbsent)(identifier);
    }
  });

  test('by an operator is complete once it was written down', async () => {
    expectAllBoundaries(created);
    for (const { identifier } of created) {
      await (remains.get(identifier) === NO_RECORD ? expectAbsent : expectComplete)(identifier);
    }
  });
});

test('an undoing that was killed is carried on', async () => {
  expect(remainsOf(undone).map((each) => each.replace(/_tenant.*/, 'data'))).toEqual([
    ...['FAILED: ', 'FAILED: ', 'FAILED: data', 'FAILED: data'],
    ...['PROVISIONING: data', NO_RECORD],
  ]);
  for (const input of undone) {
    await expectAbsent(input.identifier);
    expect((await register(survivor, input)).tenant?.status).toBe('ACTIVE');
    await expectComplete(input.identifier);
  }
});

test('a deletion that was killed is carried on, and its ledger tells what was there', async () => {
  expect(remainsOf(deleted)).toEqual([
    ...[ACTIVE, 'DELETED, written down: '],
    ...['DELETING, written down: ', 'DELETING, written down: '],
    ...['DELETING, written down: _tenant+clients', 'DELETING, written down: _tenant+clients'],
    ...['DELETING: _tenant+clients', 'DELETING: _tenant+clients'],
  ]);
  for (const input of deleted) {
    const { identifier } = input;
    if (remains.get(identifier) === ACTIVE) {
      await expectComplete(identifier);
      continue;
    }
    expect(await recordOf(identifier)).toMatchObject({
      status: 'DELETED',
      keys: [],
      nextKey: null,
      deletion: {
        dropped: {
          collections: [
            { name: '_tenant', documents: 1 },
            { name: 'clients', documents: 1 },
          ],
          namespaces: 4,
        },
      },
    });
    expect(await contentOf(databases.get(identifier) ?? '')).toEqual({});
    expect(await visit(survivor, identifier)).toBe('TENANT_NOT_FOUND');
    expect((await register(survivor, input)).userErrors[0]?.code).toBe('IDENTIFIER_TAKEN');
    expect((await operate(here, 'releaseIdentifier', { identifier })).codes).toEqual([]);
    expect((await register(survivor, input)).tenant?.status).toBe('ACTIVE');
  }
});

test('the count of the cluster was never too low, and is right once it was counted on the server', async () => {
  const { control } = here.app.platform;
  const living = await control.tenants.count({ status: 'ACTIVE' });
  const sizes = await Promise.all(
    (await control.tenants.find({ status: 'ACTIVE' })).map(async ({ placement }) =>
      Object.keys(await contentOf(placement.database)),
    ),
  );
  expect(new Set(sizes.map((names) => names.join('+')))).toEqual(new Set(['_tenant+clients']));
  // Two collections with an index each.
  const real = 4 * living;
  // Of each kind of registration two reserved without a record; one was undone, one deleted without giving back.
  expect(await used()).toBe(real + 4 * (3 * 2 + 1 + 1));
  const longAgo = new Date(0);
  await control.clusters.findOneAndUpdate(
    { _id: 'default' },
    { $set: { recountedAt: longAgo, reservedAt: longAgo } },
  );
  await eventually(async () => expect(await used()).toBe(real), RECOVERED_WITHIN_MS);
});

test('the neighbours noticed nothing', async () => {
  for (const neighbour of ['acme', 'globex']) expect(await visit(survivor, neighbour)).toBe(neighbour);
});

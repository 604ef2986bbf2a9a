import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { isPassing, MigrationFailed } from '../../src/control-plane/migration-failure.ts';
import { LockBusy, LockLost } from '../../src/control-plane/migration-lock.ts';
import { tenantDatabases } from '../../src/control-plane/tenant-database.ts';
import { createTenantMigration, type MigratedTenant } from '../../src/control-plane/tenant-migration.ts';
import { stepRunner } from '../../src/lib/run-step.ts';
import type { Migration } from '../../src/mongo/migration.ts';
import { createModuleSets } from '../../src/shell/module-set.ts';
import { eventually } from '../support/eventually.ts';
import { registerTenant, startGateway, type TestGateway, type TestTenant } from '../support/gateway.ts';
import { changeStamp, databaseOf, ledgerOf, migratedModule, stampOf } from '../support/migrations.ts';

let gateway: TestGateway;
let acme: TestTenant;
let globex: TestTenant;
let count = 0;

beforeAll(async () => {
  gateway = await startGateway();
});

beforeEach(async () => {
  count += 1;
  acme = await registerTenant(gateway, `acme-${count}`, { modules: [] });
  globex = await registerTenant(gateway, `globex-${count}`, { modules: [] });
  // As this file's nodes know them: without the modules that every tenant of the build has.
  for (const tenant of [acme, globex]) await changeStamp(gateway, tenant, { migrations: [] });
});

afterAll(() => gateway[Symbol.asyncDispose]());

const LOCK_MS = 600;

function gate(): { opened: Promise<void>; open(): void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

/** A node of its own that knows one module with these migrations. */
function node(migrations: readonly Migration[]) {
  return createTenantMigration({
    useDatabase: tenantDatabases({ clients: gateway.app.clients, clusters: gateway.app.platform.clusters }),
    modules: createModuleSets([migratedModule('notes', migrations, { isAlwaysOn: true })]),
    account: () => undefined,
    step: stepRunner(undefined),
    events: gateway.app.events,
    lockMs: LOCK_MS,
  });
}

function migrated({ record }: TestTenant): MigratedTenant {
  return { id: record._id, modules: [], placement: record.placement };
}

/** Counts its runs in the tenant's own database, so that a second one would be seen there. */
function counting(
  name: string,
  work: (signal: AbortSignal) => Promise<unknown> = () => Promise.resolve(),
): Migration {
  return {
    name,
    async transform(collection, signal) {
      await collection('runs').insertOne({ name });
      await work(signal);
    },
  };
}

async function runsOf(tenant: TestTenant): Promise<string[]> {
  const db = await databaseOf(gateway, tenant);
  return (await db.collection('runs').find({}).sort({ _id: 1 }).toArray()).map(({ name }) => name as string);
}

test('runs what has not run, in its order, in the one tenant it was asked for', async () => {
  const { migrate, pending } = node([counting('notes/001-a'), counting('notes/002-b')]);
  await changeStamp(gateway, acme, {
    migrations: [{ name: 'notes/001-a', at: new Date(), deferredCollections: [] }],
  });
  expect(await pending(migrated(acme))).toEqual(['notes/002-b']);
  expect(await migrate(migrated(acme), { waitMs: 0 })).toEqual(['notes/002-b']);
  expect(await migrate(migrated(acme), { waitMs: 0 })).toEqual([]);
  expect(await runsOf(acme)).toEqual(['notes/002-b']);
  expect(await pending(migrated(globex))).toEqual(['notes/001-a', 'notes/002-b']);
  expect([await runsOf(globex), await ledgerOf(gateway, globex)]).toEqual([[], []]);
});

describe('one runner at a time', () => {
  test('of three at once one runs each step, and the others find it done', async () => {
    const migrations = [counting('notes/001-a', () => sleep(50)), counting('notes/002-b', () => sleep(50))];
    const nodes = [node(migrations), node(migrations), node(migrations)];
    const ran = await Promise.all(nodes.map(({ migrate }) => migrate(migrated(acme), { waitMs: 10_000 })));
    expect(ran.flat()).toEqual(['notes/001-a', 'notes/002-b']);
    expect(await runsOf(acme)).toEqual(['notes/001-a', 'notes/002-b']);
    expect((await stampOf(gateway, acme)).migrating).toBeNull();
  });

  test('a step that takes longer than the lock lasts keeps it by renewing it', async () => {
    const slow = node([counting('notes/001-a', () => sleep(LOCK_MS * 2.5))]);
    const running = slow.migrate(migrated(acme), { waitMs: 0 });
    await eventually(async () => expect(await runsOf(acme)).toHaveLength(1));
    for (const until = Date.now() + LOCK_MS * 1.5; Date.now() < until; await sleep(50)) {
      await expect(slow.migrate(migrated(acme), { waitMs: 0 })).rejects.toBeInstanceOf(LockBusy);
    }
    expect(await running).toEqual(['notes/001-a']);
    expect(await runsOf(acme)).toHaveLength(1);
  });

  test('the neighbour is migrated meanwhile', async () => {
    const { opened, open } = gate();
    const { migrate } = node([counting('notes/001-a', () => opened)]);
    const running = migrate(migrated(acme), { waitMs: 0 });
    await eventually(async () => expect(await runsOf(acme)).toHaveLength(1));
    const other = node([counting('notes/001-a')]);
    expect(await other.migrate(migrated(globex), { waitMs: 0 })).toEqual(['notes/001-a']);
    open();
    await running;
  });
});

describe('a runner that was killed in the middle of a step', () => {
  test('is followed by the next once its lock has run out, which does the step again and goes on', async () => {
    // What is left behind: the first step done, the second half done, the lock held.
    await changeStamp(gateway, acme, {
      migrations: [{ name: 'notes/001-a', at: new Date(), deferredCollections: [] }],
      fence: 7,
      migrating: { by: 'dead:1', until: new Date(Date.now() + LOCK_MS) },
    });
    const db = await databaseOf(gateway, acme);
    await db.collection('notes').insertMany([{ n: 1, doubled: 2 }, { n: 2 }, { n: 3 }]);
    const doubled: Migration = {
      name: 'notes/002-doubled',
      async transform(collection) {
        const rest = { doubled: { $exists: false } };
        await collection('notes').updateMany(rest, [{ $set: { doubled: { $multiply: ['$n', 2] } } }]);
      },
    };
    const { migrate } = node([counting('notes/001-a'), doubled, counting('notes/003-c')]);
    await expect(migrate(migrated(acme), { waitMs: 0 })).rejects.toThrow('dead:1');
    expect(await migrate(migrated(acme), { waitMs: 10_000 })).toEqual(['notes/002-doubled', 'notes/003-c']);
    const notes = await db.collection('notes').find({}).sort({ n: 1 }).toArray();
    expect(notes.map((note) => note['doubled'] as number)).toEqual([2, 4, 6]);
    expect(await ledgerOf(gateway, acme)).toEqual(['notes/001-a', 'notes/002-doubled', 'notes/003-c']);
    expect(await stampOf(gateway, acme)).toMatchObject({ migrating: null, fence: 8 });
  });
});

describe('a runner that was overtaken', () => {
  test('is told, writes nothing into the ledger and begins no further step', async () => {
    const { opened, open } = gate();
    let told: unknown;
    const slow = node([
      // Deaf to the signal: it ends long after its time.
      counting('notes/001-a', async (signal) => {
        signal.addEventListener('abort', () => (told = signal.reason));
        await opened;
      }),
      counting('notes/002-b'),
    ]);
    const overtaken = slow.migrate(migrated(acme), { waitMs: 0 }).catch((error: unknown) => error);
    await eventually(async () => expect(await runsOf(acme)).toHaveLength(1));
    // As if its process had been asleep: its lock has run out, and somebody else does the work.
    await changeStamp(gateway, acme, { 'migrating.until': new Date(0) });
    const other = node([{ name: 'notes/001-a' }]);
    expect(await other.migrate(migrated(acme), { waitMs: 5_000 })).toEqual(['notes/001-a']);
    await eventually(() => expect(told).toBeInstanceOf(LockLost));
    open();
    const error = (await overtaken) as MigrationFailed;
    expect([error.constructor, isPassing(error.cause)]).toEqual([MigrationFailed, true]);
    expect([await runsOf(acme), await ledgerOf(gateway, acme)]).toEqual([['notes/001-a'], ['notes/001-a']]);
  });

  test('is kept from the ledger by the database, even before it was told', async () => {
    const { opened, open } = gate();
    const slow = node([counting('notes/001-a', () => opened)]);
    const overtaken = slow.migrate(migrated(acme), { waitMs: 0 }).catch((error: unknown) => error);
    await eventually(async () => expect(await runsOf(acme)).toHaveLength(1));
    const { fence } = await stampOf(gateway, acme);
    await changeStamp(gateway, acme, {
      fence: fence + 1,
      migrating: { by: 'other:1', until: new Date(Date.now() + 60_000) },
    });
    open();
    const error = await overtaken;
    expect(error instanceof LockLost || (error as Error).cause instanceof LockLost).toBe(true);
    expect(await stampOf(gateway, acme)).toMatchObject({ migrations: [], migrating: { by: 'other:1' } });
  });
});

describe('a step that fails', () => {
  test('leaves what ran before it, is named and can be tried again', async () => {
    const broken = node([
      counting('notes/001-a'),
      counting('notes/002-b', () => Promise.reject(new Error('no such thing'))),
      counting('notes/003-c'),
    ]);
    const error = (await broken
      .migrate(migrated(acme), { waitMs: 0 })
      .catch((thrown: unknown) => thrown)) as MigrationFailed;
    expect([error.migration, error.message]).toEqual([
      'notes/002-b',
      'migration notes/002-b failed: no such thing',
    ]);
    expect(isPassing(error.cause)).toBe(false);
    expect(await ledgerOf(gateway, acme)).toEqual(['notes/001-a']);
    expect((await stampOf(gateway, acme)).migrating).toBeNull();
    const mended = node([counting('notes/001-a'), counting('notes/002-b'), counting('notes/003-c')]);
    expect(await mended.migrate(migrated(acme), { waitMs: 0 })).toEqual(['notes/002-b', 'notes/003-c']);
  });

  test('tells operators nothing of the documents', async () => {
    const db = await databaseOf(gateway, acme);
    await db.collection('notes').insertMany([{ title: 'my secret' }, { title: 'my secret' }]);
    const unique = { key: { title: 1 as const }, name: 'title', unique: true };
    const { migrate } = node([{ name: 'notes/001-unique', indexes: { notes: [unique] } }]);
    const error = (await migrate(migrated(acme), { waitMs: 0 }).catch((thrown: unknown) => thrown)) as Error;
    expect(error.message).toMatch(/notes\/001-unique failed: .*E11000 duplicate key/);
    expect(error.message).not.toContain('secret');
  });
});

test('a stop between two steps keeps what ran', async () => {
  const stop = new AbortController();
  const { migrate } = node([counting('notes/001-a'), counting('notes/002-b', async () => stop.abort())]);
  await expect(migrate(migrated(acme), { waitMs: 0, signal: stop.signal })).rejects.toThrow();
  expect(await ledgerOf(gateway, acme)).toEqual(['notes/001-a']);
});

test('indexes of a collection that is there are made, those of one that is not are noted as left to its first write', async () => {
  const db = await databaseOf(gateway, acme);
  await db.collection('notes').insertOne({ title: 'x' });
  const index = { key: { title: 1 as const }, name: 'title' };
  const { migrate } = node([{ name: 'notes/001-indexes', indexes: { notes: [index], drafts: [index] } }]);
  await migrate(migrated(acme), { waitMs: 0 });
  expect((await stampOf(gateway, acme)).migrations).toMatchObject([
    { name: 'notes/001-indexes', deferredCollections: ['drafts'] },
  ]);
  expect((await db.collection('notes').indexes()).map(({ name }) => name)).toEqual(['_id_', 'title']);
  expect(await db.listCollections({ name: 'drafts' }).toArray()).toEqual([]);
});

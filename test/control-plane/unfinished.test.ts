import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TenantRecord } from '../../src/control-plane/tenant-record.ts';
import { eventually } from '../support/eventually.ts';
import { registerBoth, startGateway, type TestGateway, type TestTenant } from '../support/gateway.ts';
import { createTenant, platform, register, visit } from '../support/platform.ts';

let gateway: TestGateway;
let both: { acme: TestTenant; globex: TestTenant };
let freeBefore: number;
let clientsOfGlobex: unknown[];

/** What a process that died has left behind: how far it got, and who would come back for it. */
interface Leftover {
  identifier: string;
  done: string[];
  key: string | undefined;
  record: TenantRecord;
}

const leftovers = new Map<string, Leftover>();

const HOUR_MS = 3_600_000;

beforeAll(async () => {
  gateway = await startGateway({ REQUEST_DEADLINE_MS: '8000' });
  both = await registerBoth(gateway);
  clientsOfGlobex = await databaseOf(both.globex.record).collection('clients').distinct('_id');
  freeBefore = await free();
});

afterAll(() => gateway[Symbol.asyncDispose]());

function control() {
  return gateway.app.platform.control;
}

function databaseOf({ placement }: Pick<TenantRecord, 'placement'>) {
  return control().db.client.db(placement.database);
}

async function free(): Promise<number> {
  return (await gateway.app.platform.clusters.all())[0]?.free ?? 0;
}

async function recordOf(identifier: string): Promise<TenantRecord | null> {
  return control().tenants.findOne({ names: identifier as never });
}

/** Registers and then takes back what a process that died earlier would not have done. */
async function leaveBehind(
  identifier: string,
  done: string[],
  options: { hasKey?: boolean; byOperator?: boolean; change?: object } = {},
): Promise<Leftover> {
  const key = options.hasKey ? randomBytes(16).toString('base64url') : undefined;
  const input = { identifier, name: identifier, ...(key === undefined ? {} : { idempotencyKey: key }) };
  const made = await (options.byOperator ? createTenant(gateway, input) : register(gateway, input));
  expect(made.tenant?.status).toBe('ACTIVE');
  const before = await recordOf(identifier);
  if (before === null) throw new Error('not registered');
  const db = databaseOf(before);
  if (!done.includes('client')) await db.collection('clients').drop();
  if (!done.includes('stamp')) await db.collection('_tenant').drop();
  const record = await control().tenants.findOneAndUpdate(
    { _id: before._id },
    {
      $set: {
        status: 'PROVISIONING',
        'provisioning.leasedUntil': new Date(Date.now() - 1_000),
        ...options.change,
      },
      $inc: { version: 1 },
    },
  );
  if (record === null) throw new Error('not left behind');
  const leftover = { identifier, done, key, record };
  leftovers.set(identifier, leftover);
  return leftover;
}

/** Stamp and client are written at once; either may be there alone. */
const STEPS = [[], ['stamp'], ['client'], ['stamp', 'client']];

const named = (kind: string, done: string[]) => [kind, ...done].join('-');

describe('a replay, before any sweep', () => {
  test.each(STEPS)('takes up a registration that stopped after %j', async (...done: string[]) => {
    const identifier = named('replayed', done);
    const { key } = await leaveBehind(identifier, done, { hasKey: true });
    await eventually(async () => expect(await visit(gateway, identifier)).toBe('TENANT_NOT_FOUND'));
    const { tenant, bootstrap, code } = await register(gateway, {
      identifier,
      name: identifier,
      idempotencyKey: key,
    });
    expect([tenant?.status, code]).toEqual(['ACTIVE', undefined]);
    expect(await visit(gateway, identifier, bootstrap?.accessToken)).toBe(identifier);
  });

  test('by many at once finishes it once', async () => {
    const { key, identifier } = await leaveBehind('replayed-by-many', ['stamp'], { hasKey: true });
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, () =>
        register(gateway, { identifier, name: identifier, idempotencyKey: key }),
      ),
    );
    expect(new Set(outcomes.map(({ tenant, code }) => tenant?.status ?? code))).toEqual(new Set(['ACTIVE']));
    await eventually(async () => {
      const clients = await databaseOf((await recordOf(identifier)) as TenantRecord)
        .collection('clients')
        .find({})
        .toArray();
      // The client of the process that died may be there too; its secret went with it.
      const ids = clients.map(({ _id }) => String(_id));
      expect(ids).toContain((await recordOf(identifier))?.provisioning.bootstrapClient);
      expect(ids.length).toBeLessThanOrEqual(2);
    });
  });

  test('waits while the other process is still alive, and says so', async () => {
    const { key, identifier } = await leaveBehind('replayed-early', ['stamp'], {
      hasKey: true,
      change: { 'provisioning.leasedUntil': new Date(Date.now() + HOUR_MS) },
    });
    const waiting = await register(gateway, { identifier, name: identifier, idempotencyKey: key });
    expect([waiting.code, waiting.reply.status]).toEqual(['TENANT_UNAVAILABLE', 503]);
    expect(Number(waiting.reply.headers['retry-after'])).toBeGreaterThan(0);
    expect((await recordOf(identifier))?.status).toBe('PROVISIONING');
  });
});

describe('the sweeper', () => {
  beforeAll(async () => {
    for (const done of STEPS) {
      await leaveBehind(named('with-key', done), done, { hasKey: true });
      await leaveBehind(named('without-key', done), done);
      await leaveBehind(named('by-operator', done), done, { byOperator: true });
      await leaveBehind(named('too-often', done), done, {
        hasKey: true,
        change: { 'provisioning.attempts': 5 },
      });
      await leaveBehind(named('failed', done), done, { change: { status: 'FAILED' } });
    }
    // Its deployment went away between the trial of its connection string and the first step.
    const { record } = await leaveBehind('unreachable', [], { byOperator: true });
    const nowhere = gateway.box.seal('mongodb://127.0.0.1:1/?directConnection=true', record._id);
    await control().tenants.findOneAndUpdate(
      { _id: record._id },
      {
        $set: {
          'placement.mode': 'DEDICATED',
          'placement.cluster': 'dedicated',
          'placement.sealedConnectionString': nowhere,
          'provisioning.attempts': 5,
        },
      },
    );
    await gateway.app.platform.clusters.account('default', -4);
    await leaveBehind('alive', ['stamp'], {
      change: { 'provisioning.leasedUntil': new Date(Date.now() + HOUR_MS) },
    });
    const globexHas = both.globex.record.placement.database;
    await leaveBehind('misdirected', ['stamp'], { change: { 'placement.database': globexHas } });
    await leaveBehind('misdirected-with-key', [], {
      hasKey: true,
      change: { 'placement.database': globexHas },
    });
    const dayAgo = { createdAt: new Date(Date.now() - 25 * HOUR_MS) };
    for (const identifier of ['never-used', 'never-used-young', 'used']) {
      const { bootstrap } = await register(gateway, { identifier, name: identifier });
      if (identifier === 'used') expect(await visit(gateway, 'used', bootstrap?.accessToken)).toBe('used');
      // An anonymous visit is not a claim.
      else expect(await visit(gateway, identifier)).toBe(identifier);
    }
    await createTenant(gateway, { identifier: 'by-operator-unused', name: 'x' });
    for (const identifier of ['never-used', 'used', 'by-operator-unused']) {
      await control().tenants.findOneAndUpdate({ names: identifier as never }, { $set: dayAgo });
    }
    gateway.app.start();
    await eventually(async () => {
      const unfinished = await control().tenants.find({ status: { $in: ['PROVISIONING', 'FAILED'] } });
      expect(unfinished.map(({ identifier }) => identifier as string).sort()).toEqual([
        'alive',
        'misdirected',
        'misdirected-with-key',
        'replayed-early',
      ]);
      expect(await recordOf('never-used')).toBeNull();
    }, 45_000);
  });

  test.each(STEPS)(
    'finishes what somebody can come back for, wherever it stopped: %j',
    async (...done: string[]) => {
      const identifier = named('with-key', done);
      const { key } = leftovers.get(identifier)!;
      const { tenant, bootstrap } = await register(gateway, {
        identifier,
        name: identifier,
        idempotencyKey: key,
      });
      expect(tenant?.status).toBe('ACTIVE');
      expect(await visit(gateway, identifier, bootstrap?.accessToken)).toBe(identifier);
      expect(await visit(gateway, named('by-operator', done))).toBe(named('by-operator', done));
    },
  );

  test('carries on a deletion that was cut off, and leaves one alone that is under way', async () => {
    for (const identifier of ['half-deleted', 'being-deleted'])
      await createTenant(gateway, { identifier, name: 'x' });
    const requestedAt = new Date(Date.now() - HOUR_MS);
    const deleting = (identifier: string, leasedUntil: Date) =>
      control().tenants.findOneAndUpdate(
        { names: identifier as never },
        {
          $set: {
            status: 'DELETING',
            deletion: {
              ...{ requestedAt, requestedBy: 'x', dueAt: requestedAt, startedAt: requestedAt, leasedUntil },
              statusBefore: 'ACTIVE',
            },
          },
        },
      );
    await deleting('being-deleted', new Date(Date.now() + HOUR_MS));
    const record = await deleting('half-deleted', requestedAt);
    await eventually(async () => expect((await recordOf('half-deleted'))?.status).toBe('DELETED'));
    const left = await control().db.client.db(record?.placement.database).listCollections().toArray();
    expect(left).toEqual([]);
    expect((await recordOf('being-deleted'))?.status).toBe('DELETING');
    await deleting('being-deleted', new Date(0));
    await eventually(async () => expect((await recordOf('being-deleted'))?.status).toBe('DELETED'));
  });

  test.each(STEPS)('undoes what nobody can come back for: %j', async (...done: string[]) => {
    for (const kind of ['without-key', 'too-often', 'failed']) {
      const identifier = named(kind, done);
      expect(await recordOf(identifier), identifier).toBeNull();
      const { record } = leftovers.get(identifier)!;
      expect(await databaseOf(record).listCollections().toArray()).toEqual([]);
      expect(await visit(gateway, identifier)).toBe('TENANT_NOT_FOUND');
      expect((await platform(gateway, `{ identifierAvailable(identifier: "${identifier}") }`)).data).toEqual({
        identifierAvailable: true,
      });
    }
  });

  test('gives up a deployment of its own that nobody ever reached: its identifier is free again', async () => {
    expect(await recordOf('unreachable')).toBeNull();
    expect((await createTenant(gateway, { identifier: 'unreachable', name: 'U' })).tenant?.status).toBe(
      'ACTIVE',
    );
  });

  test('leaves alone what another process works on', async () => {
    expect(await recordOf('alive')).toMatchObject({ status: 'PROVISIONING', provisioning: { attempts: 1 } });
    expect(await visit(gateway, 'alive')).toBe('TENANT_NOT_FOUND');
  });

  test('never drops or fills a database that carries the stamp of somebody else', async () => {
    expect(await visit(gateway, 'globex', await both.globex.token())).toBe('globex');
    const told = gateway.logs.filter(({ event }) => event === 'sweep_failed');
    for (const identifier of ['misdirected', 'misdirected-with-key']) {
      expect(told.map(({ tenant }) => tenant)).toContain(leftovers.get(identifier)?.record._id);
    }
    expect(await databaseOf(both.globex.record).collection('clients').distinct('_id')).toEqual(
      clientsOfGlobex,
    );
    expect(told.every(({ level }) => level === 'error')).toBe(true);
  });

  test('removes a tenant that registered itself and was never used for a day, and no other', async () => {
    expect(await visit(gateway, 'never-used')).toBe('TENANT_NOT_FOUND');
    expect(
      await Promise.all(
        ['never-used-young', 'used', 'by-operator-unused'].map((name) => visit(gateway, name)),
      ),
    ).toEqual(['never-used-young', 'used', 'by-operator-unused']);
    const { tenant, bootstrap } = await register(gateway, { identifier: 'never-used', name: 'Again' });
    expect(tenant?.status).toBe('ACTIVE');
    expect(await visit(gateway, 'never-used', bootstrap?.accessToken)).toBe('never-used');
  });

  test('gives back the room of everything it removed', async () => {
    const living = await control().tenants.count({ status: { $in: ['ACTIVE', 'PROVISIONING', 'FAILED'] } });
    expect(freeBefore - (await free())).toBe(4 * (living - 2));
  });
});

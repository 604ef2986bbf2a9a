import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TenantRecord } from '../../src/control-plane/tenant-record.ts';
import { sha256 } from '../../src/lib/sha256.ts';
import { eventually } from '../support/eventually.ts';
import { registerTenant, startGateway, type TestGateway, type TestTenant } from '../support/gateway.ts';
import { type MongoProxy, openMongoProxy } from '../support/mongo-proxy.ts';
import { secondMongodbUri } from '../support/mongodb-uri.ts';
import { createTenant, register, visit } from '../support/platform.ts';

/** Acme's deployment falls silent; initech's is the same server by another road, globex shares a cluster. */
let gateway: TestGateway;
let roads: { acme: MongoProxy; initech: MongoProxy };
let globex: TestTenant;
const tokens: Record<string, string> = {};

const DEADLINE_MS = 4_000;

/** For a busy machine, beyond what is promised. */
const SLACK_MS = 4_000;

beforeAll(async () => {
  roads = {
    acme: await openMongoProxy('', secondMongodbUri()),
    initech: await openMongoProxy('', secondMongodbUri()),
  };
  gateway = await startGateway({ REQUEST_DEADLINE_MS: String(DEADLINE_MS) });
  globex = await registerTenant(gateway, 'globex');
  tokens['globex'] = await globex.token();
  for (const [identifier, { uri }] of Object.entries(roads)) {
    const placement = { mode: 'DEDICATED', connectionString: uri };
    const { bootstrap } = await createTenant(gateway, { identifier, name: identifier, placement });
    tokens[identifier] = bootstrap?.accessToken ?? '';
    expect(await visit(gateway, identifier, tokens[identifier])).toBe(identifier);
    // Whatever becomes of its deployment: something may be there now.
    expect(await records().findOne({ identifier: identifier as never })).toMatchObject({
      provisioning: { isReached: true },
    });
  }
});

afterAll(async () => {
  await gateway?.[Symbol.asyncDispose]();
  for (const road of Object.values(roads ?? {})) await road[Symbol.asyncDispose]();
});

function records() {
  return gateway.app.platform.control.tenants;
}

test('a deployment that falls silent is the trouble of its tenant alone, and its client goes when it is idle', async () => {
  const acme = await records().findOne({ identifier: 'acme' as never });
  const visits = (identifier: string, count: number) =>
    Promise.all(Array.from({ length: count }, () => visit(gateway, identifier, tokens[identifier])));
  roads.acme.block();
  const refused = Array.from({ length: 30 }, async () => {
    const startedAt = performance.now();
    const code = await visit(gateway, 'acme', tokens['acme']);
    return { code, ms: performance.now() - startedAt };
  });
  for (let round = 0; round < 5; round += 1) {
    expect(new Set(await visits('initech', 10))).toEqual(new Set(['initech']));
    expect(new Set(await visits('globex', 10))).toEqual(new Set(['globex']));
  }
  for (const { code, ms } of await Promise.all(refused)) {
    expect(['TENANT_UNAVAILABLE', 'DEADLINE_EXCEEDED']).toContain(code);
    expect(ms).toBeLessThan(DEADLINE_MS + SLACK_MS);
  }

  // What the end of its idle time does, without the waiting: nothing may hang on a server that says nothing.
  const { clients, shells } = gateway.app;
  const before = clients.size;
  await shells.evict(acme?._id ?? '');
  await clients.evict(sha256(roads.acme.uri));
  expect([clients.size, clients.drainingCount]).toEqual([before - 1, 0]);
  await eventually(() => expect(roads.acme.openCount).toBe(0));
  expect(await visit(gateway, 'initech', tokens['initech'])).toBe('initech');

  roads.acme.unblock();
  await eventually(async () => expect(await visit(gateway, 'acme', tokens['acme'])).toBe('acme'));
});

/** More than are looked at in one sweep. */
const STRANDED = 130;

test('a hundred tenants of a dead deployment keep no other waiting to be removed', async () => {
  const { control } = gateway.app.platform;
  const [model] = await control.db
    .collection<{ _id: string }>('tenants')
    .find({ identifier: 'acme' })
    .toArray();
  const failed = { status: 'FAILED', claimedAt: null };
  await control.db.collection<{ _id: string }>('tenants').insertMany(
    Array.from({ length: STRANDED }, (_unused, index) => {
      const _id = randomUUID();
      const sealed = gateway.box.seal('mongodb://127.0.0.1:1/?directConnection=true', _id);
      const placement = {
        ...(model as unknown as { placement: object }).placement,
        ...{ mode: 'DEDICATED', cluster: 'dedicated', sealedConnectionString: sealed },
        database: `tg_${_id.replaceAll('-', '')}`,
      };
      const identifier = `stranded-${index}`;
      const provisioning = { isReached: true, leasedUntil: new Date(0), bootstrapClient: null, attempts: 6 };
      return { ...model, _id, identifier, names: [identifier], placement, provisioning, ...failed };
    }),
  );
  for (const identifier of ['half-made', 'half-made-too']) {
    await register(gateway, { identifier, name: identifier });
    await records().findOneAndUpdate(
      { identifier: identifier as never },
      { $set: { ...failed, 'provisioning.leasedUntil': new Date(0) } },
    );
  }
  gateway.app.start();
  await eventually(async () => {
    expect(await records().count({ names: { $in: ['half-made', 'half-made-too'] as never } })).toBe(0);
  }, 25_000);
  // Their data is there as far as anybody knows, so they are not forgotten.
  expect(await records().count({ status: 'FAILED' })).toBe(STRANDED);
  expect((await register(gateway, { identifier: 'half-made', name: 'Again' })).tenant?.status).toBe('ACTIVE');
});

test('the credential of a deployment that is gone is kept for a week after its tenant was deleted, not longer', async () => {
  const tenants = gateway.app.platform.control.db.collection<{ _id: string }>('tenants');
  const model = await tenants.findOne({ identifier: /^stranded-/ });
  // Nothing else is to be tried meanwhile.
  await tenants.deleteMany({ status: 'FAILED' });
  const [lately, long] = [6, 8].map((days) => {
    const [_id, requestedAt] = [randomUUID(), new Date(Date.now() - days * 86_400_000)];
    const deletion = { requestedAt, requestedBy: 'operator', dueAt: requestedAt, statusBefore: 'ACTIVE' };
    const sealedConnectionString = gateway.box.seal('mongodb://127.0.0.1:1/?directConnection=true', _id);
    return {
      ...{ ...model, _id, identifier: `gone-${days}`, names: [`gone-${days}`], status: 'DELETED' },
      placement: { ...(model as unknown as TenantRecord).placement, sealedConnectionString },
      deletion: { ...deletion, dropAgainAt: requestedAt },
    };
  });
  await tenants.insertMany([lately!, long!]);
  const record = (tenant: typeof long) => records().findOne({ _id: tenant?._id ?? '' });
  await eventually(async () => {
    const { placement, deletion } = (await record(long))!;
    expect([placement.sealedConnectionString, deletion?.dropAgainAt]).toEqual([null, undefined]);
  }, 25_000);
  const told = () => gateway.logs.filter(({ event }) => event === 'late_writes_left');
  expect(told().map((line) => [line.level, line['tenant']])).toEqual([['warn', long?._id]]);
  expect((await record(lately))?.placement.sealedConnectionString).not.toBeNull();
  expect((await record(lately))?.deletion?.dropAgainAt).toBeInstanceOf(Date);
});

import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { mongo } from 'mongoose';
import { CachedDirectory } from '../../src/control-plane/cached-directory.ts';
import { CommonClock } from '../../src/control-plane/common-clock.ts';
import { type ControlDatabase, openControlDatabase } from '../../src/control-plane/control-database.ts';
import { followDirectory } from '../../src/control-plane/directory-feed.ts';
import { Freshness, STALENESS_BOUND_MS } from '../../src/control-plane/freshness.ts';
import { createEvents } from '../../src/observability/events.ts';
import { createLogger } from '../../src/observability/logger.ts';
import { createMetrics } from '../../src/observability/metrics.ts';
import { eventually } from '../support/eventually.ts';
import { registerBoth, startGateway, type TestGateway } from '../support/gateway.ts';
import { mongodbUri } from '../support/mongodb-uri.ts';
import { openMongoProxy } from '../support/mongo-proxy.ts';
import { visit } from '../support/platform.ts';

let here: TestGateway;
let tenants: Awaited<ReturnType<typeof registerBoth>>;
let client: mongo.MongoClient;

beforeAll(async () => {
  here = await startGateway();
  tenants = await registerBoth(here);
  client = await new mongo.MongoClient(mongodbUri()).connect();
});

afterAll(async () => {
  await client.close();
  await here[Symbol.asyncDispose]();
});

type Watch = ControlDatabase['db']['watch'];

/** Another node, which follows the tenants of this one over streams a test can spoil. */
async function anotherNode(spoil: (watch: Watch, ...args: Parameters<Watch>) => ReturnType<Watch>) {
  const control = await openControlDatabase(client, here.app.platform.control.db.databaseName);
  const watch = control.db.watch.bind(control.db) as Watch;
  vi.spyOn(control.db, 'watch').mockImplementation(((...args: Parameters<Watch>) =>
    spoil(watch, ...args)) as Watch);
  const directory = new CachedDirectory(control);
  const freshness = new Freshness();
  const told: string[] = [];
  const shells = {
    keys: [] as string[],
    evict: (id: string) => {
      told.push(id);
      return Promise.resolve();
    },
    supersede: () => undefined,
  };
  const metrics = createMetrics();
  const events = createEvents(createLogger('silent'), metrics);
  const feed = await followDirectory({
    control,
    directory,
    freshness,
    clock: new CommonClock(),
    shells,
    events,
  });
  const happened = async (event: string) =>
    (await metrics.events.get()).values.find(({ labels }) => labels.event === event)?.value ?? 0;
  return {
    directory,
    freshness,
    told,
    happened,
    [Symbol.asyncDispose]: () => feed[Symbol.asyncDispose](),
  };
}

test('where no change stream may be had, changes and deletions are seen all the same, and the node stays fresh', async () => {
  // As for a user without the permission: the server refuses each time.
  await using node = await anotherNode((watch, _pipeline, options) => watch([{ $nonsense: {} }], options));
  const { control } = here.app.platform;
  const status = async (name: string) => (await node.directory.byIdentifier(name))?.status;
  expect([await status('acme'), await status('globex')]).toEqual(['ACTIVE', 'ACTIVE']);
  // Its first looks begin before anything has to be found.
  await sleep(1_500);
  const { _id } = tenants.acme.record;
  for (const next of ['SUSPENDED', 'ACTIVE'] as const) {
    await control.tenants.findOneAndUpdate({ _id }, { $set: { status: next }, $inc: { version: 1 } });
    await eventually(async () => expect(await status('acme')).toBe(next), 3_000);
  }
  expect(new Set(node.told)).toEqual(new Set([_id]));
  // A record that is gone leaves no date behind.
  const ghost = (await control.tenants.findOne({ _id: tenants.globex.record._id }))!;
  await control.tenants.insert({
    ...ghost,
    _id: 'ghost',
    identifier: 'ghost' as never,
    names: ['ghost' as never],
  });
  expect(await status('ghost')).toBe('ACTIVE');
  await control.db.collection<{ _id: string }>('tenants').deleteOne({ _id: 'ghost' });
  await eventually(async () => expect(await status('ghost')).toBeUndefined(), 3_000);
  expect(node.told).toContain('ghost');
  expect(node.told).not.toContain(ghost._id);
  expect(node.freshness.stalenessMs).toBeLessThan(STALENESS_BOUND_MS);
  // Told once, however often it is tried again.
  expect(await node.happened('directory_feed_lost')).toBe(1);
});

test('where the server has forgotten the place, everything is forgotten and open tenants are checked', async () => {
  await using proxy = await openMongoProxy();
  const name = here.app.platform.control.db.databaseName;
  await using there = await startGateway({ CONTROL_DATABASE: name }, { mongoUri: proxy.uri });
  const { control } = there.app.platform;
  const watch = control.db.watch.bind(control.db) as Watch;
  vi.spyOn(control.db, 'watch').mockImplementation(((pipeline, options) =>
    watch(pipeline, {
      ...options,
      ...(options?.resumeAfter ? { resumeAfter: { _data: '8200000001' } } : {}),
    })) as Watch);
  const lease = there.app.shells.lease((await there.app.directory.byIdentifier('globex'))!);
  for (const tenant of ['acme', 'globex']) expect(await visit(there, tenant)).toBe(tenant);
  expect(there.app.shells.size).toBe(2);

  // Both the stream and what polls in its place are away while the tenant is deleted.
  proxy.block();
  await here.app.platform.deletions.request(tenants.acme.record._id, { by: 'operator', isImmediate: true });
  await eventually(() => expect(there.logs.some(({ event }) => event === 'directory_feed_lost')).toBe(true));
  proxy.unblock();

  await eventually(() =>
    expect(there.logs.some(({ event }) => event === 'directory_feed_caught_up')).toBe(true),
  );
  await eventually(() => expect(there.app.shells.size).toBe(1));
  expect(await visit(there, 'acme')).toBe('TENANT_NOT_FOUND');
  expect(await visit(there, 'globex')).toBe('globex');
  expect(lease.abort.isAborted).toBe(false);
  lease.release();
});

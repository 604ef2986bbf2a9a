import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { mongo } from 'mongoose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CachedDirectory } from '../../src/control-plane/cached-directory.ts';
import { CommonClock } from '../../src/control-plane/common-clock.ts';
import { openControlDatabase } from '../../src/control-plane/control-database.ts';
import { followDirectory } from '../../src/control-plane/directory-feed.ts';
import { Freshness } from '../../src/control-plane/freshness.ts';
import { createEvents } from '../../src/observability/events.ts';
import { createLogger } from '../../src/observability/logger.ts';
import { createMetrics } from '../../src/observability/metrics.ts';
import { eventually, WITHIN_A_SECOND_MS } from '../support/eventually.ts';
import { registerBoth, startGateway } from '../support/gateway.ts';
import { mongodbUri } from '../support/mongodb-uri.ts';
import { visit } from '../support/platform.ts';

let client: mongo.MongoClient;

beforeAll(async () => {
  client = await new mongo.MongoClient(mongodbUri()).connect();
});

afterAll(() => client.close());

const NO_SHELLS = { evict: () => Promise.resolve(), supersede: () => undefined, keys: [] };

test('can be stopped at any moment of losing the feed and opening it again', async () => {
  const events = createEvents(createLogger('silent'), createMetrics());
  const watched = await Promise.all(
    [0, 50, 150, 240, 250, 255, 260, 270, 300, 400].map(async (delayMs) => {
      const control = await openControlDatabase(client, `test_${randomBytes(6).toString('hex')}`);
      const directory = new CachedDirectory(control);
      const feed = await followDirectory({
        control,
        directory,
        freshness: new Freshness(),
        clock: new CommonClock(),
        shells: NO_SHELLS,
        events,
      });
      // The end of the database is the end of its change stream.
      await control.db.dropDatabase();
      await sleep(delayMs);
      await feed[Symbol.asyncDispose]();
      await control.db.dropDatabase();
      return `${control.db.databaseName}.$cmd.aggregate`;
    }),
  );
  // Nobody reads on: the server has no cursor left, at work or idle.
  await eventually(async () => {
    const inUse = client
      .db('admin')
      .aggregate([
        { $currentOp: { allUsers: true, idleCursors: true } },
        { $match: { ns: { $in: watched } } },
      ]);
    expect((await inUse.toArray()).map(({ ns }) => ns as string)).toEqual([]);
  });
});

test('survives the loss of its stream', async () => {
  await using gateway = await startGateway();
  await registerBoth(gateway);
  const { control } = gateway.app.platform;
  expect(await visit(gateway, 'acme')).toBe('acme');
  // A renamed collection ends the stream for good; the records are there again afterwards.
  await control.db.collection('tenants').rename('elsewhere');
  await control.db.collection('elsewhere').rename('tenants');
  await control.tenants.findOneAndUpdate(
    { names: 'acme' as never },
    { $set: { status: 'SUSPENDED' }, $inc: { version: 1 } },
  );
  await eventually(
    async () => expect(await visit(gateway, 'acme')).toBe('TENANT_NOT_FOUND'),
    WITHIN_A_SECOND_MS,
  );
  // Records are remembered again, so the feed is back.
  await eventually(async () => {
    expect(await visit(gateway, 'globex')).toBe('globex');
    expect(gateway.app.directory.knownCount).toBeGreaterThan(0);
  });
  await control.tenants.findOneAndUpdate(
    { names: 'acme' as never },
    { $set: { status: 'ACTIVE' }, $inc: { version: 1 } },
  );
  await eventually(async () => expect(await visit(gateway, 'acme')).toBe('acme'), WITHIN_A_SECOND_MS);
});

test('tells which tenants are not to be served, and whose requests must end at once', async () => {
  await using gateway = await startGateway();
  const { acme, globex } = await registerBoth(gateway);
  const { control } = gateway.app.platform;
  const events = createEvents(createLogger('silent'), createMetrics());
  const told: string[] = [];
  const name = (id: string) => (id === acme.record._id ? 'acme' : 'globex');
  const shells = {
    ...NO_SHELLS,
    evict: (id: string, { isAborting = false } = {}) => {
      told.push(`${name(id)} ${isAborting ? 'now' : 'in its time'}`);
      return Promise.resolve();
    },
    supersede: (id: string, epoch: number) => void told.push(`${name(id)} before epoch ${epoch}`),
  };
  const directory = new CachedDirectory(control);
  await using _feed = await followDirectory({
    control,
    directory,
    freshness: new Freshness(),
    clock: new CommonClock(),
    shells,
    events,
  });
  const set = (id: string, status: 'ACTIVE' | 'SUSPENDED' | 'DELETING') =>
    control.tenants.findOneAndUpdate({ _id: id }, { $set: { status } });
  await set(acme.record._id, 'SUSPENDED');
  await eventually(() => expect(told).toEqual(['acme in its time']));
  await set(acme.record._id, 'ACTIVE');
  await set(globex.record._id, 'DELETING');
  await eventually(() => expect(told).toEqual(['acme in its time', 'globex now']));
  await control.tenants.findOneAndUpdate({ _id: acme.record._id }, { $set: { 'placement.epoch': 2 } });
  await eventually(() => expect(told.slice(2)).toEqual(['acme before epoch 2']));
});

import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { mongo } from 'mongoose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { changeFeed } from '../../src/mongo/change-feed.ts';
import { eventually } from '../support/eventually.ts';
import { mongodbUri } from '../support/mongodb-uri.ts';
import { openMongoProxy } from '../support/mongo-proxy.ts';

interface Named {
  _id: string;
}

let client: mongo.MongoClient;

beforeAll(async () => {
  client = await new mongo.MongoClient(mongodbUri()).connect();
});

afterAll(() => client.close());

/** A token the server refuses, as it refuses one its oplog does not reach back to. */
const FORGOTTEN = { _data: '8200000001' };

/** A feed over a road of its own that writes down what it is told; others write to what it follows. */
async function follow() {
  const db = client.db(`test_${randomBytes(6).toString('hex')}`);
  const names = db.collection<Named>('names');
  await names.insertOne({ _id: 'earlier' });
  const proxy = await openMongoProxy();
  const near = await new mongo.MongoClient(proxy.uri, {
    connectTimeoutMS: 1_000,
    serverSelectionTimeoutMS: 1_500,
  }).connect();
  const told: string[] = [];
  const lost: unknown[] = [];
  let attempts = 0;
  const spoil: mongo.ChangeStreamOptions = {};
  const feed = changeFeed<mongo.ChangeStreamDocument<Named>>({
    watch: (options) => {
      attempts += 1;
      const from = options.resumeAfter === undefined ? {} : spoil;
      return near
        .db(db.databaseName)
        .collection('names')
        .watch([], { ...options, ...from });
    },
    onAnew: () => told.push('anew'),
    onResumed: () => told.push('resumed'),
    onDown: () => told.push('down'),
    onChange: (change) => 'documentKey' in change && told.push(change.documentKey._id),
    onLost: (error) => lost.push(error),
    reopenMs: 50,
  });
  await feed.follow();
  return {
    names,
    proxy,
    told,
    lost,
    spoil,
    get attempts() {
      return attempts;
    },
    async [Symbol.asyncDispose]() {
      await proxy[Symbol.asyncDispose]();
      await feed[Symbol.asyncDispose]();
      await near.close();
      await db.dropDatabase();
    },
  };
}

test('tells what changes from the moment it follows', async () => {
  await using feed = await follow();
  await feed.names.insertMany([{ _id: 'acme' }, { _id: 'globex' }]);
  await eventually(() => expect(feed.told).toEqual(['anew', 'acme', 'globex']));
});

test('misses nothing when its connection is dropped while others write', async () => {
  await using feed = await follow();
  const written: string[] = [];
  for (let index = 0; index < 60; index += 1) {
    written.push(`acme-${index}`);
    await feed.names.insertOne({ _id: `acme-${index}` });
    if (index % 20 === 10) feed.proxy.drop();
    await sleep(5);
  }
  const names = () => feed.told.filter((entry) => entry.startsWith('acme-'));
  await eventually(() => expect(names()).toEqual(written));
  // Never has anybody to forget what is known.
  expect(feed.told.filter((entry) => entry === 'anew')).toHaveLength(1);
});

test('goes on where it ended after its server was silent', async () => {
  await using feed = await follow();
  feed.proxy.block();
  await feed.names.insertOne({ _id: 'acme' });
  await eventually(() => expect(feed.told).toEqual(['anew', 'down']), 8_000);
  await feed.names.insertOne({ _id: 'globex' });
  feed.proxy.unblock();
  await eventually(() =>
    expect(feed.told.filter((entry) => entry !== 'down')).toEqual(['anew', 'resumed', 'acme', 'globex']),
  );
  // Why, is told once, however often it was tried again.
  expect(feed.lost).toHaveLength(1);
});

test('starts anew where the server has forgotten the place', async () => {
  await using feed = await follow();
  Object.assign(feed.spoil, { resumeAfter: FORGOTTEN });
  feed.proxy.block();
  await eventually(() => expect(feed.told).toEqual(['anew', 'down']), 8_000);
  await feed.names.insertOne({ _id: 'missed' });
  feed.proxy.unblock();
  await eventually(() => expect(feed.told.filter((entry) => entry !== 'down')).toEqual(['anew', 'anew']));
  await feed.names.insertOne({ _id: 'globex' });
  await eventually(() => expect(feed.told.at(-1)).toBe('globex'));
});

test('starts anew when what it follows is renamed away', async () => {
  await using feed = await follow();
  await feed.names.rename('elsewhere');
  await eventually(() => expect(feed.told.slice(-2)).toEqual(['down', 'anew']));
  await feed.names.insertOne({ _id: 'acme' });
  await eventually(() => expect(feed.told.at(-1)).toBe('acme'));
});

test('tries again when it cannot be opened at first', async () => {
  const told: string[] = [];
  let attempts = 0;
  const db = client.db(`test_${randomBytes(6).toString('hex')}`);
  const feed = changeFeed<mongo.ChangeStreamDocument<Named>>({
    // The server refuses a stage it does not know, as it refuses streams to whoever may not have them.
    watch: (options) => db.collection('names').watch((attempts += 1) < 3 ? [{ $nonsense: {} }] : [], options),
    onAnew: () => told.push('anew'),
    onResumed: () => told.push('resumed'),
    onDown: () => told.push('down'),
    onChange: () => undefined,
    onLost: () => told.push('lost'),
    reopenMs: 10,
  });
  await feed.follow();
  expect(told).toEqual(['lost', 'down']);
  await eventually(() => expect(told).toEqual(['lost', 'down', 'down', 'anew']));
  await feed[Symbol.asyncDispose]();
});

test('a server that never answers streams does not take one connection after the other', async () => {
  await using feed = await follow();
  feed.proxy.blockStreams();
  await feed.names.insertOne({ _id: 'acme' });
  // Every attempt that is not answered holds a connection. The second one is given up after some seven seconds.
  await sleep(8_500);
  expect(feed.attempts).toBe(2);
  await sleep(3_500);
  expect(feed.attempts).toBe(2);
  feed.proxy.unblock();
  await eventually(() => expect(feed.told.at(-1)).toBe('acme'));
});

import { randomBytes } from 'node:crypto';
import { mongo } from 'mongoose';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Home, HOMES, requireHomes } from '../../src/mongo/homes.ts';
import { openMongoProxy, type MongoProxy } from '../support/mongo-proxy.ts';
import { mongodbUri } from '../support/mongodb-uri.ts';

interface Row {
  _id: string;
  applicationTenant: string | null;
}

const database = `test_${randomBytes(6).toString('hex')}`;
let client: mongo.MongoClient;
/** The same server over a road that can be cut. */
let road: MongoProxy;
let afar: mongo.MongoClient;
let rows: mongo.Collection<Row>;

const homesOf = (from: mongo.MongoClient) => from.db(database).collection<Home>(HOMES);
const left = async () => (await rows.find().sort({ _id: 1 }).toArray()).map(({ _id }) => _id);

beforeAll(async () => {
  client = await new mongo.MongoClient(mongodbUri()).connect();
  road = await openMongoProxy('', mongodbUri());
  afar = await new mongo.MongoClient(road.uri, { serverSelectionTimeoutMS: 500 }).connect();
  rows = client.db(database).collection<Row>('rows');
  await homesOf(client).insertMany([
    { _id: 'north', status: 'ACTIVE' },
    { _id: 'south', status: 'DELETING' },
  ]);
});

beforeEach(async () => {
  await rows.deleteMany({});
});

afterAll(async () => {
  await client?.db(database).dropDatabase();
  await Promise.all([client?.close(), afar?.close()]);
  await road?.[Symbol.asyncDispose]();
});

async function written(...made: Row[]): Promise<Row[]> {
  await rows.insertMany(made);
  return made;
}

test('rows stay where their home stands, and are taken back where one of them has none', async () => {
  await requireHomes(homesOf(client), rows, await written({ _id: 'a', applicationTenant: 'north' }));
  const late = await written(
    { _id: 'b', applicationTenant: 'north' },
    { _id: 'c', applicationTenant: 'south' },
  );
  await expect(requireHomes(homesOf(client), rows, late)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(await left()).toEqual(['a']);
});

test('who cannot find out whether the home stands takes back what was written, and nothing else', async () => {
  await written({ _id: 'a', applicationTenant: 'north' }, { _id: 'b', applicationTenant: null });
  const made = await written({ _id: 'c', applicationTenant: 'north' });
  await road[Symbol.asyncDispose]();
  await expect(requireHomes(homesOf(afar), rows, made)).rejects.toBeInstanceOf(mongo.MongoError);
  expect(await left()).toEqual(['a', 'b']);
});

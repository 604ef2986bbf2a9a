import { afterAll, beforeAll, expect, test } from 'vitest';
import { contentWriter, type ContentWriter } from '../support/content.ts';
import { eventually } from '../support/eventually.ts';
import { registerTenant, startGateway, type TestGateway, type TestTenant } from '../support/gateway.ts';
import { type MongoProxy, openMongoProxy } from '../support/mongo-proxy.ts';
import { collect, socketClient, type Subscriber } from '../support/subscriber.ts';

const TENANTS = 20;
const SUBSCRIBERS_EACH = 50;

interface Inhabitant {
  tenant: TestTenant;
  writer: ContentWriter;
  subscribers: Subscriber[];
  dispose(): unknown;
}

let here: TestGateway;
let there: TestGateway;
/** The other node's own road to the database. */
let road: MongoProxy;
let inhabitants: Inhabitant[];

beforeAll(async () => {
  road = await openMongoProxy();
  here = await startGateway();
  there = await startGateway(
    { CONTROL_DATABASE: here.config.mongo.controlDatabase, POOL_SIZE: '20' },
    { mongoUri: road.uri },
  );
  inhabitants = [];
  for (let index = 0; index < TENANTS; index += 1) {
    const mode = index % 2 === 0 ? 'DATABASE' : 'PREFIXED';
    const tenant = await registerTenant(here, `tenant-${index}`, {}, { mode });
    const writer = await contentWriter(here, tenant);
    const client = socketClient(there, { authorization: `Bearer ${await tenant.token()}` });
    const query = 'subscription { contentChanged { kind contentItem { title } } }';
    const subscribers = Array.from({ length: SUBSCRIBERS_EACH }, () =>
      collect((sink) => client.subscribe({ query }, sink as never)),
    );
    inhabitants.push({ tenant, writer, subscribers, dispose: () => client.dispose() });
  }
  await eventually(() => expect(there.app.streams.size).toBe(TENANTS * SUBSCRIBERS_EACH), 40_000);
}, 120_000);

afterAll(async () => {
  for (const { dispose } of inhabitants ?? []) await dispose();
  await there?.[Symbol.asyncDispose]();
  await here?.[Symbol.asyncDispose]();
  await road?.[Symbol.asyncDispose]();
});

const titlesOf = ({ results }: Subscriber) =>
  results.map(
    ({ data }) => (data?.['contentChanged'] as { contentItem: { title: string } | null }).contentItem?.title,
  );

async function expectAllToSee(title: (index: number) => string): Promise<void> {
  await Promise.all(inhabitants.map(({ writer }, index) => writer.create(title(index))));
  await eventually(() => {
    for (const [index, { subscribers }] of inhabitants.entries()) {
      for (const subscriber of subscribers) expect(titlesOf(subscriber).at(-1)).toBe(title(index));
    }
  }, 40_000);
}

test('a thousand subscribers of twenty tenants share one change stream, and each hears its own tenant only', async () => {
  // That of the directory, and that of the cluster.
  expect(road.streamCount).toBe(2);
  await expectAllToSee((index) => `first of ${index}`);
  for (const [index, { subscribers }] of inhabitants.entries()) {
    for (const subscriber of subscribers) expect(titlesOf(subscriber)).toEqual([`first of ${index}`]);
  }
  expect(road.streamCount).toBe(2);
});

test('after its connections were cut the feed goes on where it was, and nothing is lost', async () => {
  road.drop();
  // While nobody listens.
  await Promise.all(inhabitants.map(({ writer }, index) => writer.create(`unheard of ${index}`)));
  await expectAllToSee((index) => `second of ${index}`);
  for (const [index, { subscribers }] of inhabitants.entries()) {
    const titles = ['first', 'unheard', 'second'].map((which) => `${which} of ${index}`);
    for (const subscriber of subscribers) expect(titlesOf(subscriber)).toEqual(titles);
  }
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { contentWriter, type ContentWriter } from '../support/content.ts';
import { eventually } from '../support/eventually.ts';
import { registerBoth, startGateway, type TestGateway, type TestTenant } from '../support/gateway.ts';
import { type MongoProxy, openMongoProxy } from '../support/mongo-proxy.ts';
import { subscribeBySocket, subscribeBySse } from '../support/subscriber.ts';

let here: TestGateway;
/** On a road to the database that can lose what happened. */
let there: TestGateway;
let road: MongoProxy;
let tenants: { acme: TestTenant; globex: TestTenant };
let writer: ContentWriter;

beforeAll(async () => {
  road = await openMongoProxy();
  here = await startGateway();
  there = await startGateway({ CONTROL_DATABASE: here.config.mongo.controlDatabase }, { mongoUri: road.uri });
  tenants = await registerBoth(here);
  writer = await contentWriter(here, tenants.acme);
});

afterAll(async () => {
  await there?.[Symbol.asyncDispose]();
  await here?.[Symbol.asyncDispose]();
  await road?.[Symbol.asyncDispose]();
});

const QUERY = 'subscription { contentChanged { kind contentItem { title } } }';

test('subscribers are told to read again where the server has forgotten what they missed', async () => {
  const { port, app } = there;
  const [acme, globex] = [await tenants.acme.token(), await tenants.globex.token()];
  const open = [
    subscribeBySse({ port, token: acme, query: QUERY }),
    subscribeBySocket({ port, token: acme, query: QUERY }),
    subscribeBySse({ port, token: globex, query: QUERY }),
  ];
  await eventually(() => expect(app.streams.size).toBe(open.length));
  await eventually(async () => {
    await writer.create('Heard');
    for (const each of open.slice(0, 2)) await each.until(() => true, 3_000);
  });

  road.dropHistory();
  await writer.create('Missed');
  for (const each of open) {
    await each.untilOver();
    expect(await each.told()).toContain('TENANT_UNAVAILABLE');
    expect(await each.told()).not.toContain('Missed');
  }
  await eventually(() => expect(app.streams.size).toBe(0));

  // Whoever comes back is told again.
  using again = subscribeBySse({ port, token: acme, query: QUERY });
  await eventually(() => expect(app.streams.size).toBe(1));
  await eventually(async () => {
    await writer.create('After');
    await again.until(({ data }) => JSON.stringify(data).includes('After'), 3_000);
  });
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { contentWriter } from '../support/content.ts';
import { eventually } from '../support/eventually.ts';
import { registerBoth, startGateway, type TestGateway, type TestTenant } from '../support/gateway.ts';
import { graphql } from '../support/request.ts';
import { type Subscriber, subscribeBySocket, subscribeBySse } from '../support/subscriber.ts';

let gateway: TestGateway;
let tenants: { acme: TestTenant; globex: TestTenant };

beforeAll(async () => {
  gateway = await startGateway({}, { streamLimits: { perTenant: 2, perNode: 3 } });
  tenants = await registerBoth(gateway);
});

afterAll(() => gateway?.[Symbol.asyncDispose]());

const QUERY = 'subscription { contentChanged { kind } }';

test.each([
  ['server-sent events', subscribeBySse],
  ['a WebSocket', subscribeBySocket],
])(
  'a tenant and a node have room for so many streams over %s, and for more when some end',
  async (_name, transport) => {
    const { acme, globex } = tenants;
    const { streams } = gateway.app;
    const open: Subscriber[] = [];
    const subscribe = async (tenant: TestTenant) => {
      const subscriber = transport({ port: gateway.port, token: await tenant.token(), query: QUERY });
      open.push(subscriber);
      return subscriber;
    };
    const serve = async (tenant: TestTenant, size: number) => {
      const subscriber = await subscribe(tenant);
      await eventually(() => expect(streams.size).toBe(size));
      return subscriber;
    };
    const refuse = async (tenant: TestTenant) => {
      const subscriber = await subscribe(tenant);
      await subscriber.untilOver();
      expect(await subscriber.told()).toContain('RATE_LIMITED');
    };
    const first = await serve(acme, 1);
    const second = await serve(acme, 2);
    await refuse(acme);
    // The node has room, and acme's limit is no other's.
    const theirs = await serve(globex, 3);
    await refuse(globex);
    first[Symbol.dispose]();
    await eventually(() => expect(streams.size).toBe(2));
    const third = await serve(acme, 3);
    await refuse(acme);
    await refuse(globex);
    // Queries are no streams, and those that are open go on.
    const reply = await graphql({
      port: gateway.port,
      token: await globex.token(),
      query: '{ viewer { kind } }',
    });
    expect(reply.status).toBe(200);
    await (
      await contentWriter(gateway, acme, [`Of${open.length}${_name.length}`])
    ).create('Heard', {
      type: `Of${open.length}${_name.length}`,
    });
    for (const each of [second, third]) await each.until(() => true);
    expect(theirs.results).toEqual([]);
    for (const each of open) each[Symbol.dispose]();
    await eventually(() => expect(streams.size).toBe(0));
  },
);

test('a stream that has ended is counted as a request, and not as one that took so long', async () => {
  const { metrics, streams } = gateway.app;
  const sum = (values: { value: number }[]) => values.reduce((total, { value }) => total + value, 0);
  const counted = async () => sum((await metrics.requests.get()).values);
  const timed = async () =>
    sum(
      (await metrics.requestSeconds.get()).values.filter(({ metricName }) => metricName?.endsWith('_count')),
    );
  await eventually(() => expect(streams.size).toBe(0));
  const { acme } = tenants;
  const token = await acme.token();
  const both = async () => [await counted(), await timed()];
  const [requests = 0, timings = 0] = await both();
  const subscriber = subscribeBySse({ port: gateway.port, token, query: QUERY });
  await eventually(() => expect(streams.size).toBe(1));
  subscriber[Symbol.dispose]();
  await eventually(async () => expect(await counted()).toBe(requests + 1));
  const query = '{ viewer { kind } }';
  expect((await graphql({ port: gateway.port, token, query })).errors).toBeUndefined();
  await eventually(async () => expect(await both()).toEqual([requests + 2, timings + 1]));
});

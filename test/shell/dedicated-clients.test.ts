import { afterAll, beforeAll, expect, test } from 'vitest';
import { DedicatedBudget } from '../../src/mongo/dedicated-budget.ts';
import { sha256 } from '../../src/lib/sha256.ts';
import { eventually } from '../support/eventually.ts';
import { registerTenant, startGateway, type TestGateway } from '../support/gateway.ts';
import { type MongoProxy, openMongoProxy } from '../support/mongo-proxy.ts';
import { secondMongodbUri } from '../support/mongodb-uri.ts';
import { createTenant, visit } from '../support/platform.ts';
import { graphql } from '../support/request.ts';
import { type Subscriber, subscribeBySse } from '../support/subscriber.ts';

/** Room for five clients of two connections each; six tenants have a deployment of their own. */
const POOL_SIZE = 2;
const CONNECTIONS = 10;
const NAMES = ['acme', 'globex', 'initech', 'umbrella', 'hooli', 'stark'] as const;

/** The driver's own beside the pool: two to watch the server. */
const OVERHEAD = 2;

let gateway: TestGateway;
const roads: Record<string, MongoProxy> = {};
const tokens: Record<string, string> = {};
let clientsBefore: number;

beforeAll(async () => {
  gateway = await startGateway({
    POOL_SIZE: String(POOL_SIZE),
    DEDICATED_CONNECTIONS: String(CONNECTIONS),
  });
  await registerTenant(gateway, 'shared');
  clientsBefore = gateway.app.clients.size;
});

afterAll(async () => {
  await gateway?.[Symbol.asyncDispose]();
  for (const road of Object.values(roads)) await road[Symbol.asyncDispose]();
});

const alerts = () => gateway.logs.filter(({ event }) => event === 'connections_near_budget');
const call = (name: string) => visit(gateway, name, tokens[name]);

async function create(identifier: string) {
  const road = (roads[identifier] ??= await openMongoProxy('', secondMongodbUri()));
  const placement = { mode: 'DEDICATED', connectionString: road.uri };
  const outcome = await createTenant(gateway, { identifier, name: identifier, placement });
  tokens[identifier] = outcome.bootstrap?.accessToken ?? '';
  return outcome;
}

test('deployments of tenants’ own get few connections, and the one used least recently gives way', async () => {
  for (const [index, name] of NAMES.entries()) {
    expect((await create(name)).code).toBeUndefined();
    expect(await call(name)).toBe(name);
    expect(await call('acme')).toBe('acme');
    expect(alerts()).toHaveLength(index + 1 < 4 ? 0 : 1);
  }
  expect(alerts()[0]).toMatchObject({ level: 'warn', cluster: 'dedicated', used: 8, budget: CONNECTIONS });
  expect(gateway.app.clients.size).toBe(clientsBefore + 5);
  await eventually(() => expect(roads['globex']?.openCount).toBe(0));
  expect(await Promise.all(Array.from({ length: 30 }, () => call('acme')))).toEqual(
    Array.from({ length: 30 }, () => 'acme'),
  );
  expect(roads['acme']?.openCount).toBeLessThanOrEqual(POOL_SIZE + OVERHEAD);
  // Served again as soon as it is called; another one has to go.
  expect(await call('globex')).toBe('globex');
  expect(gateway.app.clients.size).toBe(clientsBefore + 5);
  const metrics = await gateway.app.metrics.registry.metrics();
  expect(metrics).toContain(`gateway_dedicated_connections_used ${CONNECTIONS}`);
  expect(metrics).toContain(`gateway_dedicated_connections_budget ${CONNECTIONS}`);
  expect(metrics).toContain('gateway_events_total{event="connections_near_budget"} 1');
});

test('when all of them are in use the next one is refused by its code until one is idle', async () => {
  const { clients } = gateway.app;
  const busy = NAMES.slice(0, 5).map((name) => ({ name, uri: roads[name]?.uri ?? '' }));
  const leases: { release(): void }[] = [];
  for (const { name, uri } of busy) {
    await eventually(async () => expect(await call(name)).toBe(name));
    const lease = clients.lease(uri);
    await lease.value;
    leases.push(lease);
  }
  const query = '{ clients { totalCount } }';
  const refused = await graphql({
    ...{ port: gateway.port, path: '/t/stark/graphql', token: tokens['stark'], query },
  });
  expect([refused.status, refused.errors?.[0]?.extensions.code]).toEqual([503, 'TENANT_UNAVAILABLE']);
  // Their shells are idle, but nothing is won by closing them: whoever leased a client keeps it without a shell.
  const records = await gateway.app.platform.control.tenants.find({ status: 'ACTIVE' });
  const open = records.filter(({ _id }) => gateway.app.shells.peek(_id) !== undefined);
  expect(open.map(({ identifier }) => identifier)).toEqual(
    expect.arrayContaining(busy.map(({ name }) => name)),
  );
  expect(refused.headers['retry-after']).toBe('2');
  const late = await create('wayne');
  expect([late.code, late.reply.status]).toEqual(['CAPACITY_EXHAUSTED', 503]);
  // Nobody else notices.
  expect(await visit(gateway, 'shared')).toBe('shared');
  for (const { name } of busy) expect(await call(name)).toBe(name);
  expect(await call('stark')).toBe('TENANT_UNAVAILABLE');
  for (const lease of leases) lease.release();
  // There was no room, which says nothing about the deployment: it is tried again at once.
  expect(await call('stark')).toBe('stark');
  expect(gateway.app.clients.size).toBe(clientsBefore + 5);
});

test('who only has subscribers gives way, and they can come back', async () => {
  const subscribe = (name: string) =>
    subscribeBySse({
      ...{ port: gateway.port, path: `/t/${name}/graphql`, token: tokens[name] },
      query: 'subscription { settingsChanged { revision } }',
    });
  const subscribed = NAMES.slice(0, 5);
  const subscribers: Subscriber[] = [];
  for (const [index, name] of subscribed.entries()) {
    subscribers.push(subscribe(name));
    await eventually(() => expect(gateway.app.streams.size).toBe(index + 1));
    await eventually(() => expect(gateway.app.clients.peek(sha256(roads[name]?.uri ?? ''))).toBeDefined());
  }
  expect(await call('stark')).toBe('stark');
  expect(gateway.app.clients.size).toBe(clientsBefore + 5);
  await eventually(() => expect(subscribers.filter(({ isOver }) => isOver)).toHaveLength(1));
  const gone = subscribers.findIndex(({ isOver }) => isOver);
  expect(await subscribers[gone]?.told()).toContain('TENANT_UNAVAILABLE');
  const name = subscribed[gone] ?? '';
  subscribers.push(subscribe(name));
  await eventually(() => expect(gateway.app.streams.size).toBe(5));
  // What ends a stream is heard of again.
  const { control, lifecycle } = gateway.app.platform;
  const record = await control.tenants.findOne({ names: name as never });
  await lifecycle.suspend(record?._id ?? '');
  await subscribers.at(-1)?.untilOver();
  for (const subscriber of subscribers) subscriber[Symbol.dispose]();
  await eventually(() => expect(gateway.app.streams.size).toBe(0));
});

test('callers who come at once for the last places stay within the budget', async () => {
  let open = 0;
  let most = 0;
  const idle: (() => void)[] = [];
  const budget = new DedicatedBudget({
    connections: 4,
    poolSize: 2,
    closeIdle: () => {
      const leave = idle.shift();
      return leave && new Promise((resolve) => setImmediate(resolve)).then(leave);
    },
    onNear: () => undefined,
  });
  const outcomes = await Promise.allSettled(
    Array.from({ length: 6 }, async (_unused, index) => {
      const leave = await budget.take();
      most = Math.max(most, (open += 1));
      // The first two are soon idle; who comes after them works on.
      if (index < 2) {
        idle.push(() => {
          open -= 1;
          leave();
        });
      }
    }),
  );
  expect(most).toBe(2);
  const refused = outcomes.filter(({ status }) => status === 'rejected');
  expect(refused.length).toBeGreaterThan(0);
  for (const outcome of refused) {
    expect(outcome).toMatchObject({ reason: { code: 'CAPACITY_EXHAUSTED' } });
  }
  expect(budget.used).toBe(4);
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { ResourceStack } from '../../src/lib/resource-stack.ts';
import { TEST_ENGINE } from '../../src/mongo/embedded/engine-options.ts';
import { eventually } from '../support/eventually.ts';
import { registerTenant, startGateway, type TestGateway, type TestTenant } from '../support/gateway.ts';
import { type MongoProxy, openMongoProxy } from '../support/mongo-proxy.ts';
import { secondMongodbUri } from '../support/mongodb-uri.ts';
import { openOwnServer, type OwnServer } from '../support/own-server.ts';
import { createTenant } from '../support/platform.ts';
import { graphql } from '../support/request.ts';

const stack = new ResourceStack();
let gateway: TestGateway;
/** The server of a cluster with tenants of its own. */
let server: OwnServer;
let initech: TestTenant;
let umbrella: TestTenant;
let proxy: MongoProxy;
let acmeToken: string;
let globex: TestTenant;

const DEADLINE_MS = 4_000;

/** For a busy machine, beyond what is promised. */
const SLACK_MS = 2_500;

const UNREACHABLE = ['TENANT_UNAVAILABLE', 'DEADLINE_EXCEEDED'];

beforeAll(async () => {
  proxy = stack.use(await openMongoProxy('', secondMongodbUri()));
  server = stack.use(await openOwnServer(TEST_ENGINE));
  gateway = stack.use(await startGateway({ REQUEST_DEADLINE_MS: String(DEADLINE_MS) }));
  const { bootstrap } = await createTenant(gateway, {
    identifier: 'acme',
    name: 'Acme',
    placement: { mode: 'DEDICATED', connectionString: proxy.uri },
  });
  acmeToken = bootstrap?.accessToken ?? '';
  globex = await registerTenant(gateway, 'globex');
  await gateway.app.platform.clusters.add({ name: 'own', connectionString: server.uri, budget: 1_000 });
  const onOwn = { mode: 'DATABASE', cluster: 'own' } as const;
  initech = await registerTenant(gateway, 'initech', {}, onOwn);
  umbrella = await registerTenant(gateway, 'umbrella', {}, onOwn);
});

afterAll(() => stack[Symbol.asyncDispose]());

const READ = '{ clients { totalCount } }';
const WRITE = 'mutation { createClient(input: { name: "Late" }) { client { name } userErrors { code } } }';

async function ask(tenant: string, token: string, query = READ) {
  const startedAt = performance.now();
  const reply = await graphql({ port: gateway.port, path: `/t/${tenant}/graphql`, token, query });
  const code = reply.errors?.[0]?.extensions.code;
  return {
    ...{ code, status: reply.status, headers: reply.headers, data: reply.data },
    ms: performance.now() - startedAt,
  };
}

const openCircuits = async () => (await gateway.app.metrics.openCircuits.get()).values[0]?.value;

const eventsOf = (name: string) => gateway.logs.filter(({ event }) => event === name);

test('a cluster that falls silent is refused at once, others are served, and it is back soon', async () => {
  const globexToken = await globex.token();
  expect((await ask('acme', acmeToken)).code).toBeUndefined();
  proxy.block();
  const first = await Promise.all(Array.from({ length: 20 }, () => ask('acme', acmeToken)));
  for (const { code, ms } of first) {
    expect(UNREACHABLE).toContain(code);
    expect(ms).toBeLessThan(DEADLINE_MS + 250 + SLACK_MS);
  }
  await eventually(async () => expect(await openCircuits()).toBe(1));
  expect(eventsOf('circuit_opened')).toHaveLength(1);
  const refused = await ask('acme', acmeToken);
  expect(refused).toMatchObject({ code: 'TENANT_UNAVAILABLE', status: 503 });
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  expect(refused.ms).toBeLessThan(250 + SLACK_MS);
  expect((await ask('globex', globexToken)).code).toBeUndefined();

  proxy.unblock();
  const backAt = performance.now();
  await eventually(async () => expect((await ask('acme', acmeToken)).code).toBeUndefined());
  expect(performance.now() - backAt).toBeLessThan(2_000 + SLACK_MS);
  expect(await openCircuits()).toBe(0);
  expect(eventsOf('circuit_closed')).toHaveLength(1);
});

test('a server that is stopped takes its own tenants out, reads and writes, until it goes on', async () => {
  const opened = eventsOf('circuit_opened').length;
  const stopped = [
    { name: 'initech', token: await initech.token() },
    { name: 'umbrella', token: await umbrella.token() },
  ];
  const globexToken = await globex.token();
  for (const { name, token } of stopped) expect((await ask(name, token)).code).toBeUndefined();
  server.signal('SIGSTOP');
  // From now on, until the circuit is open.
  let othersAsked = 0;
  const others = (async () => {
    for (; eventsOf('circuit_opened').length === opened; othersAsked += 1) {
      const { code, status } = await ask('globex', globexToken);
      expect([code, status]).toEqual([undefined, 200]);
    }
  })();
  const first = await Promise.all(
    [...stopped, ...stopped, ...stopped].flatMap(({ name, token }) =>
      [READ, WRITE].map((query) => ask(name, token, query)),
    ),
  );
  for (const { code, ms } of first) {
    expect(UNREACHABLE).toContain(code);
    expect(ms).toBeLessThan(DEADLINE_MS + 250 + SLACK_MS);
  }
  await others;
  expect(othersAsked).toBeGreaterThan(1);
  expect(await openCircuits()).toBe(1);
  for (const { name, token } of stopped) {
    for (const query of [READ, WRITE]) {
      const { code, status, data, ms } = await ask(name, token, query);
      expect(code).toBe('TENANT_UNAVAILABLE');
      // Whether the caller is known for a moment longer decides if it comes to a field, which is null then.
      expect(status).toBe(data == null ? 503 : 200);
      expect(ms).toBeLessThan(250 + SLACK_MS);
    }
  }
  expect((await ask('globex', globexToken)).code).toBeUndefined();

  server.signal('SIGCONT');
  const onAt = performance.now();
  for (const { name, token } of stopped) {
    await eventually(async () => expect((await ask(name, token)).code).toBeUndefined());
    expect(performance.now() - onAt).toBeLessThan(2_000 + SLACK_MS);
    expect((await ask(name, token, WRITE)).data).toEqual({
      createClient: { client: { name: 'Late' }, userErrors: [] },
    });
  }
  expect(await openCircuits()).toBe(0);
});

test('a slow tenant, a hung-up caller and a wrong query open no circuit', async () => {
  const wrong = await graphql({
    port: gateway.port,
    path: '/t/acme/graphql',
    token: acmeToken,
    query: '{ nope }',
  });
  expect(wrong.status).toBe(400);
  for (let index = 0; index < 20; index += 1) {
    const abort = new AbortController();
    const asked = fetch(`http://127.0.0.1:${gateway.port}/t/acme/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${acmeToken}` },
      body: JSON.stringify({ query: '{ clients { totalCount } }' }),
      signal: abort.signal,
    });
    setTimeout(() => abort.abort(), index % 5);
    await asked.then((reply) => reply.text()).catch(() => undefined);
  }
  expect(await openCircuits()).toBe(0);
  expect((await ask('acme', acmeToken)).code).toBeUndefined();
});

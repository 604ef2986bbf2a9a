import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { registerTenant, startGateway, type TestGateway } from '../support/gateway.ts';
import { type MongoProxy, openMongoProxy } from '../support/mongo-proxy.ts';
import { createTenant, visit } from '../support/platform.ts';
import { graphql } from '../support/request.ts';

let gateway: TestGateway;
let proxy: MongoProxy;
let acmeToken: string;
let acmeId: string;

/** Time for a lease to come back; far less than a shell waits for one when it drains, or the driver for an answer. */
const RELEASED_WITHIN_MS = 6_000;

beforeAll(async () => {
  proxy = await openMongoProxy();
  gateway = await startGateway({ REQUEST_DEADLINE_MS: '4000' });
  const { tenant, bootstrap } = await createTenant(gateway, {
    identifier: 'acme',
    name: 'Acme',
    placement: { mode: 'DEDICATED', connectionString: proxy.uri },
  });
  acmeId = tenant?.id ?? '';
  acmeToken = bootstrap?.accessToken ?? '';
  await registerTenant(gateway, 'globex');
});

afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await proxy[Symbol.asyncDispose]();
});

function clients() {
  return graphql({
    port: gateway.port,
    path: '/t/acme/graphql',
    token: acmeToken,
    query: '{ clients { totalCount } }',
  });
}

/** The shell closes once nobody works in it, or after a drain deadline that is longer than this waits. */
async function expectLeasesReturned(): Promise<void> {
  void gateway.app.shells.evict(acmeId);
  await eventually(() => expect(gateway.app.shells.drainingCount).toBe(0), RELEASED_WITHIN_MS);
}

test('a database that falls silent: the command ends, and other tenants do not notice', async () => {
  expect((await clients()).data).toEqual({ clients: { totalCount: 1 } });
  proxy.block();
  try {
    const [reply, others] = await Promise.all([
      clients(),
      Promise.all(Array.from({ length: 20 }, () => visit(gateway, 'globex'))),
    ]);
    expect(reply.errors?.map(({ extensions }) => extensions.code)).toEqual(['TENANT_UNAVAILABLE']);
    expect(new Set(others)).toEqual(new Set(['globex']));
    await expectLeasesReturned();
  } finally {
    proxy.unblock();
  }
});

test('a database that cannot be reached when its shell opens', async () => {
  proxy.block();
  try {
    const reply = await clients();
    expect(reply).toMatchObject({ status: 503, errors: [{ extensions: { code: 'TENANT_UNAVAILABLE' } }] });
    expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0);
  } finally {
    proxy.unblock();
  }
  await eventually(async () => expect((await clients()).data).toEqual({ clients: { totalCount: 1 } }));
});

test('a caller that hangs up ends what it asked for', async () => {
  await eventually(async () => expect((await clients()).data).toEqual({ clients: { totalCount: 1 } }));
  proxy.block();
  try {
    const arrived = gateway.logs.length;
    const hasty = request({
      host: '127.0.0.1',
      port: gateway.port,
      path: '/t/acme/graphql',
      method: 'POST',
      agent: false,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${acmeToken}` },
    });
    hasty.on('error', () => undefined);
    hasty.end('{"query":"{ clients { totalCount } }"}');
    await new Promise((resolve) => setTimeout(resolve, 300));
    hasty.destroy();
    await eventually(() => {
      expect(gateway.logs.slice(arrived).some(({ msg }) => msg === 'request')).toBe(true);
    });
    await expectLeasesReturned();
  } finally {
    proxy.unblock();
  }
});

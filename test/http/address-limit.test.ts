import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { registerBoth, startGateway, type TestGateway, type TestTenant } from '../support/gateway.ts';
import { graphql } from '../support/request.ts';

/** As many requests of an address a minute as lead to no tenant, and as many anonymous ones of one tenant. */
const LIMIT = 4;

interface Node {
  gateway: TestGateway;
  tenants: { acme: TestTenant; globex: TestTenant };
}

async function start(trustedProxies: string): Promise<Node> {
  const rates = { tenant: 0, client: 0, address: LIMIT };
  const gateway = await startGateway({ TRUST_PROXY: trustedProxies }, { rates });
  return { gateway, tenants: await registerBoth(gateway) };
}

/** What a visitor of a tenant is answered, who came by these addresses. */
async function visit({ gateway }: Node, tenant: string, forwardedFor?: string, token?: string) {
  const { status, headers, errors } = await graphql({
    port: gateway.port,
    path: `/t/${tenant}/graphql`,
    token,
    query: '{ tenant { identifier } }',
    headers: forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor },
  });
  return { status, code: errors?.[0]?.extensions.code, retryAfter: headers['retry-after'] };
}

/** Guesses tenants until the limit is reached; each guess comes by other addresses. */
async function guess(node: Node, forwardedFor: (index: number) => string): Promise<void> {
  for (let index = 0; index < LIMIT; index += 1) {
    const { code } = await visit(node, `nobody-${index}`, forwardedFor(index));
    expect(code).toBe('TENANT_NOT_FOUND');
  }
}

describe('behind a trusted proxy', () => {
  let node: Node;
  beforeAll(async () => void (node = await start('1')));
  afterAll(() => node?.gateway[Symbol.asyncDispose]());

  test('an address that guesses tenants is kept out of all of them, and no other address is', async () => {
    await guess(node, () => '203.0.113.7');
    for (const tenant of ['acme', 'globex', 'nobody']) {
      const { status, code, retryAfter } = await visit(node, tenant, '203.0.113.7');
      expect([status, code]).toEqual([429, 'RATE_LIMITED']);
      expect(Number(retryAfter)).toBeGreaterThan(0);
    }
    const token = await node.tenants.acme.token();
    expect((await visit(node, 'acme', '203.0.113.7', token)).status).toBe(429);
    expect((await visit(node, 'acme', '203.0.113.8', token)).status).toBe(200);
    expect((await visit(node, 'globex', '203.0.113.8')).status).toBe(200);
    // Of the proxy itself: a look at its health, say.
    expect((await visit(node, 'globex')).status).toBe(200);
  });

  test.each([
    ['what the caller wrote before it', (index: number) => `10.0.0.${index}, 198.51.100.1`, '198.51.100.1'],
    ['its port', (index: number) => `198.51.100.2:${4000 + index}`, '198.51.100.2:9'],
    ['the port of an IPv6 address', (index: number) => `[2001:db8:1::1]:${4000 + index}`, '2001:db8:1::1'],
    [
      'the half of an IPv6 address that its home gives away',
      (index: number) => `2001:db8:2::${index}`,
      '2001:db8:2::f',
    ],
  ])('the address the proxy saw counts, without %s', async (_what, forwardedFor, late) => {
    await guess(node, forwardedFor);
    expect((await visit(node, 'acme', late)).code).toBe('RATE_LIMITED');
    // Who is named as a hop before has done nothing.
    expect((await visit(node, 'acme', '10.0.0.1')).status).toBe(200);
  });

  test('wrong tokens count like wrong names; a stranger’s do not keep the owner out', async () => {
    const token = await node.tenants.globex.token();
    for (let index = 0; index < LIMIT; index += 1)
      expect((await visit(node, 'acme', '198.51.100.9', 'not.a.token')).code).toBe('UNAUTHENTICATED');
    expect((await visit(node, 'globex', '198.51.100.9', token)).code).toBe('RATE_LIMITED');
    expect((await visit(node, 'globex', '198.51.100.10', token)).status).toBe(200);
  });

  test('visitors of a tenant are counted by the address the proxy saw, in each tenant', async () => {
    const from = (index: number) => `10.1.0.${index}, 192.0.2.55`;
    for (let index = 0; index < LIMIT; index += 1)
      expect((await visit(node, 'acme', from(index))).status).toBe(200);
    expect(await visit(node, 'acme', from(99))).toMatchObject({ status: 429, code: 'RATE_LIMITED' });
    expect((await visit(node, 'acme', '10.1.0.1, 192.0.2.56')).status).toBe(200);
    expect((await visit(node, 'globex', from(99))).status).toBe(200);
    expect((await visit(node, 'acme', from(99), await node.tenants.acme.token())).status).toBe(200);
  });
});

describe('without a proxy', () => {
  let node: Node;
  beforeAll(async () => void (node = await start('0')));
  afterAll(() => node?.gateway[Symbol.asyncDispose]());

  test('nobody becomes somebody else by a header', async () => {
    await guess(node, (index) => `203.0.113.${index}`);
    for (const forwardedFor of ['203.0.113.200', undefined])
      expect((await visit(node, 'acme', forwardedFor)).code).toBe('RATE_LIMITED');
  });
});

describe('behind two trusted proxies', () => {
  let node: Node;
  beforeAll(async () => void (node = await start('2')));
  afterAll(() => node?.gateway[Symbol.asyncDispose]());

  test('the address the outer one saw counts', async () => {
    await guess(node, (index) => `192.0.2.${index}, 203.0.113.7, 10.0.0.1`);
    expect((await visit(node, 'acme', '203.0.113.7, 10.0.0.2')).code).toBe('RATE_LIMITED');
    expect((await visit(node, 'acme', '203.0.113.8, 10.0.0.1')).status).toBe(200);
  });
});

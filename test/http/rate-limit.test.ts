import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { useAddressLimit } from '../../src/http/use-address-limit.ts';
import type { Exchange } from '../../src/http/exchange.ts';
import { CodedError } from '../../src/lib/coded-error.ts';
import { registerBoth, startGateway, type TestGateway, type TestTenant } from '../support/gateway.ts';
import { graphql, type GraphQLReply } from '../support/request.ts';

const QUERY = '{ viewer { kind } }';

async function limit(gateway: TestGateway, tenant: TestTenant, options: string): Promise<void> {
  const query = `mutation { updateSettings(input: { options: { ${options} } }) { userErrors { message } } }`;
  const reply = await graphql({ port: gateway.port, token: await tenant.token(), query });
  expect(reply.data?.['updateSettings']).toEqual({ userErrors: [] });
}

const codeOf = ({ errors }: GraphQLReply) => errors?.[0]?.extensions.code;

describe.each(['memory', 'mongodb'])('rates counted in %s', (store) => {
  let gateway: TestGateway;
  let acme: TestTenant;
  let globex: TestTenant;

  beforeAll(async () => {
    gateway = await startGateway({ RATE_LIMIT_STORE: store });
    ({ acme, globex } = await registerBoth(gateway));
  });

  afterAll(() => gateway[Symbol.asyncDispose]());

  const ask = (tenant: string, token?: string) =>
    graphql({ port: gateway.port, path: `/t/${tenant}/graphql`, token, query: QUERY });

  it('are told of no tenant that has no limit', async () => {
    const { status, headers } = await ask('globex', await globex.token());
    expect(status).toBe(200);
    expect(headers).not.toHaveProperty('ratelimit');
  });

  it('end for anonymous callers without touching those who signed in, nor another tenant', async () => {
    await limit(gateway, acme, 'anonymousRequestsPerMinute: 10');
    for (let left = 9; left >= 0; left -= 1) {
      const { status, headers } = await ask('acme');
      expect([status, headers['ratelimit-policy']]).toEqual([200, '"address";q=10;w=60']);
      expect(headers['ratelimit']).toMatch(new RegExp(`^"address";r=${left};t=\\d+$`));
    }
    const refused = await ask('acme');
    expect([refused.status, codeOf(refused)]).toEqual([429, 'RATE_LIMITED']);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(refused.headers['ratelimit']).toMatch(/r=0;/);
    expect(refused.headers['access-control-expose-headers']).toContain('ratelimit');
    expect((await ask('acme', await acme.token())).status).toBe(200);
    expect((await ask('globex')).status).toBe(200);
  });

  it('end for one client, and for all of a tenant', async () => {
    await limit(gateway, globex, 'clientRequestsPerMinute: 12, requestsPerMinute: 15');
    const token = await globex.token();
    const replies = [];
    for (let index = 0; index < 13; index += 1) replies.push(await ask('globex', token));
    expect(replies.map(({ status }) => status)).toEqual([...Array.from({ length: 12 }, () => 200), 429]);
    expect(replies[0]?.headers['ratelimit-policy']).toBe('"client";q=12;w=60, "tenant";q=15;w=60');
    // A budget of its own: nobody signed in.
    expect((await ask('globex')).status).toBe(200);
    expect((await ask('acme', await acme.token())).status).toBe(200);
  });

  it('count on all nodes together only in mongodb', async () => {
    const other = await startGateway({
      RATE_LIMIT_STORE: store,
      CONTROL_DATABASE: gateway.config.mongo.controlDatabase,
    });
    const reply = await graphql({ port: other.port, path: '/t/acme/graphql', query: QUERY });
    // Not the gateway as a whole: it would drop the databases of both.
    other.server.close();
    await other.app[Symbol.asyncDispose]();
    expect(reply.status).toBe(store === 'mongodb' ? 429 : 200);
  });

  it('have a least value, so that nobody locks themselves out', async () => {
    const query =
      'mutation { updateSettings(input: { options: { requestsPerMinute: 1 } }) { userErrors { code path } } }';
    const reply = await graphql({ port: gateway.port, token: await acme.token(), query });
    expect(reply.data?.['updateSettings']).toEqual({
      userErrors: [{ code: 'INVALID', path: ['options', 'requestsPerMinute'] }],
    });
  });
});

test('an address that leads to no tenant again and again is kept out; its neighbours are not', async () => {
  const stage = useAddressLimit(3);
  const visit = (address: string, next: () => Promise<void>) => stage({ address } as Exchange, next);
  const unknown = () => Promise.reject(new CodedError('TENANT_NOT_FOUND', 'no'));
  for (let index = 0; index < 3; index += 1)
    await expect(visit('2001:db8::1', unknown)).rejects.toMatchObject({ code: 'TENANT_NOT_FOUND' });
  let asked = 0;
  const fine = () => Promise.resolve(void (asked += 1));
  await expect(visit('2001:db8::2', fine)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  expect(asked).toBe(0);
  await visit('2001:db8:0:1::1', fine);
  await visit('192.0.2.1', fine);
  expect(asked).toBe(2);
});

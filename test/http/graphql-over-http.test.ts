import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registerBoth, startGateway, type TestGateway, type TestTenant } from '../support/gateway.ts';
import { send } from '../support/request.ts';

let gateway: TestGateway;
let acme: TestTenant;

beforeAll(async () => {
  gateway = await startGateway();
  ({ acme } = await registerBoth(gateway));
});

afterAll(() => gateway[Symbol.asyncDispose]());

const ENDPOINTS: Record<string, { path: string; host: string; token?: () => Promise<string> }> = {
  '/graphql, tenant by host': { path: '/graphql', host: 'acme.gateway.test' },
  '/t/acme/graphql': { path: '/t/acme/graphql', host: 'gateway.test' },
  '/graphql, tenant by token': { path: '/graphql', host: 'gateway.test', token: () => acme.token() },
  '/platform/graphql': { path: '/platform/graphql', host: 'gateway.test' },
};

/** A `fetch` that says which host it asks; the built-in one does not let anybody. */
function fetchAs({ path, host, token }: (typeof ENDPOINTS)[string]) {
  return async (
    url: string,
    {
      method = 'GET',
      headers = {},
      body,
    }: { method?: string; headers?: Record<string, string>; body?: string } = {},
  ) => {
    const reply = await send({
      port: gateway.port,
      path: path + new URL(url).search,
      method,
      headers: {
        ...headers,
        host,
        ...(token === undefined ? {} : { authorization: `Bearer ${await token()}` }),
      },
      ...(body === undefined ? {} : { body }),
    });
    const replyHeaders = Object.entries(reply.headers).map(([name, value]): [string, string] => [
      name,
      String(value),
    ]);
    return new Response(reply.body, { status: reply.status, headers: replyHeaders });
  };
}

describe.each(Object.keys(ENDPOINTS))('%s', (name) => {
  it('passes every audit of graphql-http, recommendations included', async () => {
    const audits = serverAudits({ url: 'http://gateway.test/graphql', fetchFn: fetchAs(ENDPOINTS[name]!) });
    const results = await Promise.all(audits.map((audit) => audit.fn()));
    expect(results).toHaveLength(61);
    const failed = results.flatMap((result) =>
      result.status === 'ok' ? [] : [`${result.id} ${result.name}: ${result.reason}`],
    );
    expect(failed).toEqual([]);
  });

  it('refuses a mutation by GET', async () => {
    const query = name.startsWith('/platform')
      ? 'mutation { registerTenant(input: { identifier: "by-get", name: "x" }) { userErrors { code } } }'
      : 'mutation { updateTenant(input: { name: "x" }) { userErrors { code } } }';
    const response = await fetchAs(ENDPOINTS[name]!)(`http://x/?query=${encodeURIComponent(query)}`, {
      headers: { accept: 'application/graphql-response+json' },
    });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST');
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
    expect(await gateway.app.platform.registration.isAvailable('by-get')).toBe(true);
  });

  it('answers HEAD as GET, without a body', async () => {
    const fetchFn = fetchAs(ENDPOINTS[name]!);
    const url = `http://x/?query=${encodeURIComponent('{ __typename }')}`;
    const [get, head] = [await fetchFn(url), await fetchFn(url, { method: 'HEAD' })];
    expect([head.status, head.headers.get('content-length')]).toEqual([
      200,
      get.headers.get('content-length'),
    ]);
    expect(await get.json()).toEqual({ data: { __typename: 'Query' } });
    expect(await head.text()).toBe('');
  });

  it('runs no batch', async () => {
    const body = JSON.stringify([{ query: '{ __typename }' }, { query: '{ __typename }' }]);
    const response = await fetchAs(ENDPOINTS[name]!)('http://x/', {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
  });
});

it.each([
  'multipart/mixed',
  'text/event-stream',
  'multipart/mixed, application/json',
  'image/png',
  '',
  '*/*;q=0.1',
])('answers Accept: %s whole, with a length and no other framing', async (accept) => {
  const headers = { host: 'acme.gateway.test', accept, 'content-type': 'application/json' };
  const reply = await send({ port: gateway.port, headers, body: '{"query":"{ tenant { identifier } }"}' });
  expect(reply.status).toBeLessThan(500);
  expect(reply.headers['content-length']).toBe(String(Buffer.byteLength(reply.body)));
  expect(reply.headers['transfer-encoding']).toBeUndefined();
  expect(reply.headers['x-request-id']).toBeDefined();
});

it('answers OPTIONS without a body or the length of one', async () => {
  const reply = await send({ port: gateway.port, method: 'OPTIONS', headers: { host: 'acme.gateway.test' } });
  expect([reply.status, reply.body, reply.headers['content-length']]).toEqual([204, '', undefined]);
});

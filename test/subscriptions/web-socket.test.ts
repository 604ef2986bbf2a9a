import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import {
  registerBoth,
  registerTenant,
  startGateway,
  type TestGateway,
  type TestTenant,
} from '../support/gateway.ts';
import { operate } from '../support/platform.ts';
import { speak } from '../support/raw-socket.ts';
import { graphql } from '../support/request.ts';
import { collect, socketClient } from '../support/subscriber.ts';

let gateway: TestGateway;
let tenants: { acme: TestTenant; globex: TestTenant };

beforeAll(async () => {
  gateway = await startGateway();
  tenants = await registerBoth(gateway);
});

afterAll(() => gateway?.[Symbol.asyncDispose]());

interface Opening {
  path?: string;
  headers?: Record<string, string>;
}

/** A connection without a client library: what it sends and is sent is up to the test. */
function open({ path = '/graphql', headers = {} }: Opening = {}): WebSocket {
  const socket = new WebSocket(`ws://127.0.0.1:${gateway.port}${path}`, 'graphql-transport-ws', { headers });
  socket.on('error', () => undefined);
  return socket;
}

function closeOf(socket: WebSocket): Promise<{ code: number; reason: string }> {
  return new Promise((resolve) => {
    socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() }));
  });
}

/** Status and body of a refused handshake. */
async function refusalOf(opening: Opening): Promise<{ status: number; body: string }> {
  const socket = open(opening);
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
  let body = '';
  for await (const chunk of response) body += String(chunk);
  return { status: response.statusCode ?? 0, body: body.replace(/"requestId":"[^"]*"/, '') };
}

async function initialized(socket: WebSocket, payload: object): Promise<{ code: number; reason: string }> {
  if (socket.readyState !== socket.OPEN) await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'connection_init', payload }));
  return closeOf(socket);
}

const bearer = async (tenant: TestTenant) => ({ authorization: `Bearer ${await tenant.token()}` });

async function ask(query: string, opening: Opening, params: Record<string, unknown> = {}): Promise<unknown> {
  const client = socketClient(
    { port: gateway.port, path: opening.path ?? '/graphql' },
    params,
    opening.headers,
  );
  const answer = collect((sink) => client.subscribe({ query }, sink as never));
  await answer.untilOver();
  await client.dispose();
  return answer.results[0]?.data ?? answer.error;
}

const WHO = '{ tenant { identifier } viewer { kind } }';

test('queries and mutations are answered over a connection too, each by the tenant of its token', async () => {
  for (const name of ['acme', 'globex'] as const) {
    const expected = { tenant: { identifier: name }, viewer: { kind: 'CLIENT' } };
    const token = await bearer(tenants[name]);
    expect(await ask(WHO, {}, token)).toEqual(expected);
    expect(await ask(WHO, { headers: token })).toEqual(expected);
    expect(await ask(WHO, { path: `/t/${name}/graphql`, headers: token }, token)).toEqual(expected);
    expect(await ask(WHO, { path: `/t/${name}/graphql` }, { headers: token })).toEqual(expected);
  }
  const rename = 'mutation { updateTenant(input: { name: "By socket" }) { tenant { name } } }';
  expect(await ask(rename, {}, await bearer(tenants.acme))).toEqual({
    updateTenant: { tenant: { name: 'By socket' } },
  });
});

test('an anonymous caller is served what anonymous callers are', async () => {
  expect(await ask(WHO, { path: '/t/acme/graphql' })).toEqual({
    tenant: { identifier: 'acme' },
    viewer: { kind: 'ANONYMOUS' },
  });
});

test('who says nothing within five seconds is cut', async () => {
  const socket = open({ path: '/t/acme/graphql' });
  expect(await closeOf(socket)).toMatchObject({ code: 4408 });
});

test('a token that is not valid, of another tenant or not the one of the handshake is refused with its code', async () => {
  const acme = await bearer(tenants.acme);
  const globex = await bearer(tenants.globex);
  const wrong = { authorization: 'Bearer not.a.token' };
  expect(await initialized(open(), wrong)).toEqual({ code: 4401, reason: 'UNAUTHENTICATED' });
  expect(await initialized(open({ headers: acme }), globex)).toEqual({
    code: 4401,
    reason: 'UNAUTHENTICATED',
  });
  expect(await initialized(open({ path: '/t/acme/graphql' }), globex)).toEqual({
    code: 4403,
    reason: 'TENANT_MISMATCH',
  });
  expect(await initialized(open(), {})).toEqual({ code: 4403, reason: 'TENANT_REQUIRED' });
  expect((await refusalOf({ headers: wrong })).status).toBe(401);
  expect((await refusalOf({ path: '/t/acme/graphql', headers: globex })).status).toBe(403);
});

test('unknown, malformed and suspended tenants are refused alike', async () => {
  const { record } = await registerTenant(gateway, 'initech');
  await operate(gateway, 'suspendTenant', { id: record._id });
  const answers = await Promise.all(
    ['nobody', 'NOT-A-NAME', 'initech'].map((name) => refusalOf({ path: `/t/${name}/graphql` })),
  );
  expect(answers[0]?.status).toBe(404);
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
});

test('the platform, files and other subprotocols have no WebSocket', async () => {
  for (const path of ['/platform/graphql', '/t/acme/graphql/schema.graphql']) {
    expect((await refusalOf({ path })).status).toBe(400);
  }
  const other = new WebSocket(`ws://127.0.0.1:${gateway.port}/t/acme/graphql`, 'graphql-ws');
  other.on('error', () => undefined);
  // The client gives up where the server speaks none of its protocols.
  expect((await closeOf(other)).code).toBe(1006);
});

test("a page of another origin connects only where the tenant's list has it", async () => {
  const { globex } = tenants;
  const reply = await graphql({
    port: gateway.port,
    token: await globex.token(),
    query: `mutation { updateSettings(input: { options: { corsOrigins: ["https://app.example"] } }) { userErrors { code } } }`,
  });
  expect(reply.errors).toBeUndefined();
  const from = (origin: string) => ({ path: '/t/globex/graphql', headers: { origin } });
  expect((await refusalOf(from('https://evil.example'))).status).toBe(403);
  const own = `http://127.0.0.1:${gateway.port}`;
  for (const origin of ['https://app.example', own]) {
    expect(await ask(WHO, from(origin))).toMatchObject({ tenant: { identifier: 'globex' } });
  }
  // The token names the tenant after the handshake.
  const late = open({ headers: { origin: 'https://evil.example' } });
  expect(await initialized(late, await bearer(globex))).toEqual({ code: 4403, reason: 'FORBIDDEN' });
  expect(
    await ask(WHO, { path: '/t/acme/graphql', headers: { origin: 'https://evil.example' } }),
  ).toMatchObject({
    tenant: { identifier: 'acme' },
  });
});

test('mistakes in a document are told by an error message, and the connection lives on', async () => {
  const client = socketClient({ port: gateway.port }, await bearer(tenants.acme));
  const tell = async (query: string) => {
    const answer = collect((sink) => client.subscribe({ query }, sink as never));
    await answer.untilOver();
    return JSON.stringify(answer.error ?? answer.results);
  };
  expect(await tell('{ nonsense')).toContain('GRAPHQL_PARSE_FAILED');
  expect(await tell('{ nonsense }')).toContain('GRAPHQL_VALIDATION_FAILED');
  expect(await tell('{ viewer { kind } }')).toContain('CLIENT');
  await client.dispose();
});

test('operations of a connection count against the rates of its client, and of no other tenant', async () => {
  const { hooli, stark } = {
    hooli: await registerTenant(gateway, 'hooli'),
    stark: await registerTenant(gateway, 'stark'),
  };
  const set =
    'mutation { updateSettings(input: { options: { clientRequestsPerMinute: 10 } }) { userErrors { code } } }';
  await graphql({ port: gateway.port, token: await hooli.token(), query: set });
  const subscription = 'subscription { settingsChanged { revision } }';
  const [ours, theirs] = await Promise.all(
    [hooli, stark].map(async (tenant) => {
      const client = socketClient({ port: gateway.port }, await bearer(tenant));
      // Keeps the connection open between the queries.
      return { client, stream: collect((sink) => client.subscribe({ query: subscription }, sink as never)) };
    }),
  );
  const tell = async ({ client }: NonNullable<typeof ours>) => {
    const answer = collect((sink) => client.subscribe({ query: WHO }, sink as never));
    await answer.untilOver();
    return JSON.stringify(answer.error ?? answer.results);
  };
  const told: string[] = [];
  for (let index = 0; index < 10; index += 1) told.push(await tell(ours!));
  expect(told[0]).toContain('CLIENT');
  // The first message and the subscription are two of the ten.
  for (const late of told.slice(8)) expect(late).toContain('RATE_LIMITED');
  // By whichever road they come.
  const reply = await graphql({ port: gateway.port, token: await hooli.token(), query: WHO });
  expect([reply.status, reply.errors?.[0]?.extensions.code]).toEqual([429, 'RATE_LIMITED']);
  // What is under way goes on, and nobody else notices.
  for (let index = 0; index < 10; index += 1) expect(await tell(theirs!)).toContain('CLIENT');
  expect([ours!.stream.isOver, theirs!.stream.isOver]).toEqual([false, false]);
  await Promise.all([ours!.client.dispose(), theirs!.client.dispose()]);
});

test('one connection has a limited number of operations', async () => {
  const client = socketClient({ port: gateway.port }, await bearer(tenants.acme));
  const query = 'subscription { settingsChanged { revision } }';
  const all = Array.from({ length: 101 }, () =>
    collect((sink) => client.subscribe({ query }, sink as never)),
  );
  await all[100]?.untilOver();
  expect(JSON.stringify(all[100]?.error)).toContain('LIMIT_EXCEEDED');
  expect(all.filter(({ isOver }) => isOver)).toHaveLength(1);
  await client.dispose();
});

test('a request that offers another protocol is served all the same', async () => {
  const body = '{"query":"{ viewer { kind } }"}';
  const reply = await speak(
    gateway.port,
    `POST /t/acme/graphql HTTP/1.1\r\nhost: gateway.test\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n` +
      `connection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABk\r\n\r\n`,
    body,
  );
  expect(reply.status).toBe(200);
  expect(JSON.parse(reply.body)).toEqual({ data: { viewer: { kind: 'ANONYMOUS' } } });
});

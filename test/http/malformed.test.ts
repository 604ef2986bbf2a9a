import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registerBoth, startGateway, type TestGateway } from '../support/gateway.ts';
import { speak } from '../support/raw-socket.ts';
import { graphql, type RawReply, send } from '../support/request.ts';

const LIMIT = 65_536;
const PATH = '/t/acme/graphql';
const JSON_TYPE = { 'content-type': 'application/json', accept: 'application/graphql-response+json' };

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway({ BODY_LIMIT_BYTES: String(LIMIT) });
  await registerBoth(gateway);
});

afterAll(() => gateway[Symbol.asyncDispose]());

/** Every refusal has a code, and one request id in header and body. */
function codeOf({ headers, body }: RawReply): string {
  const { errors } = JSON.parse(body) as { errors: { extensions: { code: string; requestId: string } }[] };
  expect(errors).toHaveLength(1);
  expect(errors[0]!.extensions.requestId).toMatch(/^[0-9a-f-]{36}$/);
  expect(headers['x-request-id']).toBe(errors[0]!.extensions.requestId);
  return errors[0]!.extensions.code;
}

async function expectAlive(): Promise<void> {
  const { data } = await graphql({ port: gateway.port, path: PATH, query: '{ tenant { identifier } }' });
  expect(data).toEqual({ tenant: { identifier: 'acme' } });
}

const post = (body: string | Buffer, headers: Record<string, string> = JSON_TYPE) =>
  send({ port: gateway.port, path: PATH, headers, body });

describe('bytes that are no HTTP request', () => {
  const start = `POST ${PATH} HTTP/1.1\r\nHost: gateway.test\r\nContent-Type: application/json\r\n`;

  it.each([
    ['no HTTP at all', 'GARBAGE\r\n\r\n'],
    ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    ['another protocol', 'SSH-2.0-OpenSSH_9.0\r\n'],
    ['an unknown method', `BREW ${PATH} HTTP/1.1\r\nHost: gateway.test\r\n\r\n`],
    ['another version', `GET ${PATH} HTTP/9.9\r\nHost: gateway.test\r\n\r\n`],
    ['a NUL in the target', 'GET /\0 HTTP/1.1\r\nHost: gateway.test\r\n\r\n'],
    ['a header without a colon', `GET ${PATH} HTTP/1.1\r\nHost: gateway.test\r\nnonsense\r\n\r\n`],
    ['a header with an empty name', `GET ${PATH} HTTP/1.1\r\nHost: gateway.test\r\n: x\r\n\r\n`],
    ['two kinds of length', `${start}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    ['two lengths', `${start}Content-Length: 5\r\nContent-Length: 6\r\n\r\n{}`],
    ['a negative length', `${start}Content-Length: -1\r\n\r\n{}`],
    ['a length in hexadecimal', `${start}Content-Length: 0x10\r\n\r\n{}`],
    ['a chunk without a size', `${start}Transfer-Encoding: chunked\r\n\r\nxyz\r\n{}\r\n`],
    ['a chunk larger than it says', `${start}Transfer-Encoding: chunked\r\n\r\n1\r\n{}{}\r\n`],
    ['another transfer encoding', `${start}Transfer-Encoding: gzip, identity\r\n\r\n{}`],
  ])('%s is 400', async (_what, bytes) => {
    const reply = await speak(gateway.port, bytes);
    expect([reply.status, codeOf(reply)]).toEqual([400, 'BAD_USER_INPUT']);
    await expectAlive();
  });

  it('headers that are too large, or too many, are 431', async () => {
    const request = (headers: string) =>
      `GET ${PATH} HTTP/1.1\r\nHost: gateway.test\r\n${headers}Connection: close\r\n\r\n`;
    for (const headers of [
      `X-Large: ${'x'.repeat(20_000)}\r\n`,
      'x: 1\r\n'.repeat(101),
      'x: 1\r\n'.repeat(3_000),
    ]) {
      const reply = await speak(gateway.port, request(headers));
      expect([reply.status, codeOf(reply)]).toEqual([431, 'LIMIT_EXCEEDED']);
    }
    const target = await speak(
      gateway.port,
      `GET ${PATH}?query=${'x'.repeat(20_000)} HTTP/1.1\r\nHost: gateway.test\r\n\r\n`,
    );
    expect([target.status, codeOf(target)]).toEqual([431, 'LIMIT_EXCEEDED']);
    await expectAlive();
  });

  it('does not lose a credential behind many headers', async () => {
    const headers = `${'x: 1\r\n'.repeat(150)}Authorization: Bearer garbage\r\n`;
    const reply = await speak(
      gateway.port,
      `GET ${PATH}?query={__typename} HTTP/1.1\r\nHost: gateway.test\r\n${headers}Connection: close\r\n\r\n`,
    );
    expect(reply.status).toBe(431);
  });

  it('a caller that hangs up in the middle of its body leaves nothing behind', async () => {
    const hungUp = () => gateway.logs.filter(({ msg, status }) => msg === 'request' && status === 499);
    const before = hungUp().length;
    for (const tail of [
      'Content-Length: 1000\r\n\r\n{"query":',
      'Transfer-Encoding: chunked\r\n\r\n9\r\n{"query":\r\n',
    ]) {
      await new Promise<void>((resolve) => {
        const socket = connect(gateway.port, '127.0.0.1', () =>
          socket.write(start + tail, () => setTimeout(() => socket.destroy(), 50)),
        );
        socket.on('close', () => resolve());
      });
    }
    await expectAlive();
    await expect.poll(() => hungUp().length).toBe(before + 2);
    for (const line of hungUp()) expect(line).not.toHaveProperty('codes');
    expect(gateway.logs.filter(({ level }) => Number(level) >= 50 || level === 'error')).toEqual([]);
  });
});

describe('a body', () => {
  it.each([
    [undefined],
    [''],
    ['text/plain'],
    ['text/json'],
    ['application/jsonx'],
    ['application/graphql'],
    ['application/x-www-form-urlencoded'],
    ['multipart/form-data; boundary=x'],
    ['application/json; charset=iso-8859-1'],
    ['application/json, text/plain'],
    ['text/plain; application/json'],
  ])('of the type %j is 415', async (type) => {
    const reply = await post(
      '{"query":"{ __typename }"}',
      type === undefined ? {} : { 'content-type': type },
    );
    expect([reply.status, codeOf(reply), reply.headers['accept']]).toEqual([
      415,
      'BAD_USER_INPUT',
      'application/json',
    ]);
  });

  it.each([
    ['application/json;charset=utf-8'],
    ['APPLICATION/JSON; Charset="UTF-8"'],
    ['application/json; profile=x'],
  ])('of the type %j is taken', async (type) => {
    expect((await post('{"query":"{ __typename }"}', { 'content-type': type })).status).toBe(200);
  });

  it.each([
    [''],
    [' '],
    ['{'],
    ['{"query": "{ __typename }"'],
    ['{"query": "{ __typename }"}}'],
    ["{'query': '{ __typename }'}"],
    ['query=%7B__typename%7D'],
    ['null'],
    ['1'],
    ['"{ __typename }"'],
    ['[]'],
    ['[{"query": "{ __typename }"}]'],
    ['{}'],
    ['{"query": null}'],
    ['{"query": 1}'],
    ['{"query": ["{ __typename }"]}'],
    ['{"query": "{ __typename }", "variables": "x"}'],
    ['{"query": "{ __typename }", "variables": [1]}'],
    ['{"query": "{ __typename }", "extensions": 1}'],
    ['{"query": "{ __typename }", "operationName": 1}'],
    ['{"query": "{ __typename }", "operationName": "Unknown"}'],
    ['{"query": "query A { __typename } query B { __typename }"}'],
    ['{"query": "{ __typename }", "more": 1}'],
    ['{"query": "{ __typename }", "__proto__": {"a": 1}}'],
    ['['.repeat(30_000)],
    [`{"query": "{ __typename }", "variables": ${'{"a":'.repeat(8_000)}1${'}'.repeat(8_000)}`],
  ])('of %j is 400', async (body) => {
    const reply = await post(body);
    expect([reply.status, codeOf(reply)]).toEqual([400, 'BAD_USER_INPUT']);
  });

  it('of deep variables that nothing uses is harmless', async () => {
    const body = `{"query": "{ __typename }", "variables": ${'{"a":'.repeat(8_000)}1${'}'.repeat(8_000)}}`;
    expect((await post(body)).status).toBe(200);
    await expectAlive();
  });

  it('that is compressed or not UTF-8 is 400 and never a 5xx', async () => {
    const gzip = await post(Buffer.from('1f8b0800000000000003', 'hex'), {
      ...JSON_TYPE,
      'content-encoding': 'gzip',
    });
    expect([gzip.status, codeOf(gzip)]).toEqual([400, 'BAD_USER_INPUT']);
    const utf16 = await post(Buffer.from('{"query":"{__typename}"}', 'utf16le'));
    expect([utf16.status, codeOf(utf16)]).toEqual([400, 'BAD_USER_INPUT']);
  });

  it('as large as allowed is taken, one byte more is 413, with a length or in chunks', async () => {
    const body = (bytes: number) => {
      const start = '{"query":"{ __typename }","variables":{"a":"';
      return `${start}${'x'.repeat(bytes - start.length - 3)}"}}`;
    };
    expect((await post(body(LIMIT))).status).toBe(200);
    for (const size of [LIMIT + 1, 5_000_000]) {
      const withLength = await post(body(size), { ...JSON_TYPE, 'content-length': String(size) });
      expect([withLength.status, codeOf(withLength)]).toEqual([413, 'LIMIT_EXCEEDED']);
      const inChunks = await post(body(size), { ...JSON_TYPE, 'transfer-encoding': 'chunked' });
      expect([inChunks.status, codeOf(inChunks)]).toEqual([413, 'LIMIT_EXCEEDED']);
    }
    await expectAlive();
  });

  it('announced as too large is refused before it comes', async () => {
    const head = `POST ${PATH} HTTP/1.1\r\nHost: gateway.test\r\nContent-Type: application/json\r\nContent-Length: 99999999999\r\n\r\n`;
    const reply = await speak(gateway.port, head);
    expect([reply.status, codeOf(reply)]).toEqual([413, 'LIMIT_EXCEEDED']);
  });
});

describe('an address', () => {
  it.each([
    '/',
    '/graphql2',
    '/GRAPHQL',
    '/graphql/',
    '/t/acme',
    '/t/acme/',
    '/t/graphql',
    '/platform',
    '/favicon.ico',
    '/.env',
    '/_graphiql/unknown.js',
    '/metrics',
  ])('%s that nothing is at is 404, for every method', async (path) => {
    for (const method of ['GET', 'POST', 'OPTIONS', 'DELETE']) {
      const reply = await send({ port: gateway.port, path, method, headers: JSON_TYPE });
      expect([reply.status, codeOf(reply)], `${method} ${path}`).toEqual(
        path.startsWith('/_graphiql/') && method !== 'GET' && method !== 'OPTIONS'
          ? [405, 'BAD_USER_INPUT']
          : [404, 'NOT_FOUND'],
      );
    }
  });

  it.each(['PUT', 'PATCH', 'DELETE', 'TRACE', 'PROPFIND'])('does not take %s', async (method) => {
    for (const path of ['/graphql', PATH, '/platform/graphql']) {
      const reply = await send({ port: gateway.port, path, method, headers: { host: 'acme.gateway.test' } });
      expect([reply.status, codeOf(reply), reply.headers['allow']]).toEqual([
        405,
        'BAD_USER_INPUT',
        'GET, POST, OPTIONS',
      ]);
    }
  });

  it('of a schema file is read only', async () => {
    const reply = await send({
      port: gateway.port,
      path: `${PATH}/schema.graphql`,
      headers: JSON_TYPE,
      body: '{}',
    });
    expect([reply.status, codeOf(reply), reply.headers['allow']]).toEqual([405, 'BAD_USER_INPUT', 'GET']);
  });
});

describe('GET', () => {
  it.each([
    '',
    '?',
    '?query',
    '?query=',
    '?query=%',
    '?query=%7B',
    '?query={__typename}&variables=x',
    '?query={__typename}&variables=[]',
    '?query={__typename}&extensions=x',
    '?query=%00',
    '?query=%FF%FE',
    '?=',
    '?a=b',
  ])('with the query %j is 4xx', async (search) => {
    const reply = await send({
      port: gateway.port,
      path: PATH + search,
      method: 'GET',
      headers: { accept: 'application/graphql-response+json' },
    });
    expect([reply.status, codeOf(reply)]).toEqual([
      400,
      expect.stringMatching(/^(BAD_USER_INPUT|GRAPHQL_PARSE_FAILED)$/),
    ]);
  });
});

import { mongo } from 'mongoose';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ERROR_CODES } from '../../src/lib/error-codes.ts';
import { eventually } from '../support/eventually.ts';
import {
  registerBoth,
  registerTenant,
  startGateway,
  type TestGateway,
  type TestTenant,
} from '../support/gateway.ts';
import { graphql, type GraphQLReply, type GraphQLRequest, send } from '../support/request.ts';

let gateway: TestGateway;
let acme: TestTenant;
let globex: TestTenant;

beforeAll(async () => {
  gateway = await startGateway({ REGISTRATION_PER_ADDRESS_PER_HOUR: '1' });
  ({ acme, globex } = await registerBoth(gateway));
});

afterAll(() => gateway[Symbol.asyncDispose]());

const PATH = '/t/acme/graphql';
const JSON_ONLY = { accept: 'application/json' };
const REGISTER = (identifier: string) =>
  `mutation { registerTenant(input: { identifier: "${identifier}", name: "x" }) { userErrors { code } } }`;

async function ask(request: Partial<GraphQLRequest> & { query: string }): Promise<GraphQLReply> {
  const reply = await graphql({ port: gateway.port, path: PATH, ...request });
  for (const { extensions, ...error } of reply.errors ?? []) {
    // Whatever went wrong: a known code, the id of the request, and no members nobody has promised.
    expect(Object.keys(ERROR_CODES)).toContain(extensions.code);
    expect(extensions['requestId']).toBe(reply.headers['x-request-id']);
    expect(['code', 'limit', 'module', 'requestId']).toEqual(expect.arrayContaining(Object.keys(extensions)));
    expect(['locations', 'message', 'path']).toEqual(expect.arrayContaining(Object.keys(error)));
    expect(JSON.stringify([error, extensions])).not.toMatch(/node_modules|\.ts:|\.js:|at \w+ \(/);
  }
  return reply;
}

const summary = ({ status, errors }: GraphQLReply) => [
  status,
  errors?.map(({ extensions }) => extensions.code),
];

describe('an error', () => {
  it.each<
    [
      string,
      number,
      number,
      () =>
        (Partial<GraphQLRequest> & { query: string }) | Promise<Partial<GraphQLRequest> & { query: string }>,
    ]
  >([
    // Code, status, and status for a client that takes application/json only.
    ['TENANT_REQUIRED', 400, 400, () => ({ path: '/graphql', query: '{ __typename }' })],
    ['TENANT_NOT_FOUND', 404, 404, () => ({ path: '/t/nowhere/graphql', query: '{ __typename }' })],
    ['TENANT_MISMATCH', 403, 403, async () => ({ token: await globex.token(), query: '{ __typename }' })],
    ['UNAUTHENTICATED', 401, 401, () => ({ token: 'garbage', query: '{ __typename }' })],
    ['UNAUTHENTICATED', 401, 401, () => ({ path: '/platform/graphql', query: '{ clusters { name } }' })],
    [
      'FORBIDDEN',
      200,
      200,
      async () => ({
        path: '/platform/graphql',
        token: (await gateway.app.tokens.forOperator([], 60_000)).token,
        query: '{ clusters { name } }',
      }),
    ],
    ['GRAPHQL_PARSE_FAILED', 400, 200, () => ({ query: '{' })],
    ['GRAPHQL_PARSE_FAILED', 400, 200, () => ({ query: '{ tenant(\u0000) }' })],
    ['GRAPHQL_VALIDATION_FAILED', 400, 200, () => ({ query: '{ nonsense }' })],
    ['GRAPHQL_VALIDATION_FAILED', 400, 200, () => ({ query: '{ node(id: {}) { id } }' })],
    ['BAD_USER_INPUT', 400, 200, () => ({ query: 'query ($id: ID!) { node(id: $id) { id } }' })],
    [
      'BAD_USER_INPUT',
      400,
      200,
      () => ({ query: 'query ($id: ID!) { node(id: $id) { id } }', variables: { id: { $gt: '' } } }),
    ],
    ['LIMIT_EXCEEDED', 400, 200, () => ({ query: `{ ${'tenant { name } '.repeat(21)} }` })],
  ])('%s has the status %i, and %i under application/json', async (code, status, jsonStatus, request) => {
    const given = await request();
    const modern = await ask(given);
    expect(summary(modern)).toEqual([status, [code]]);
    expect(modern.headers['content-type']).toBe('application/graphql-response+json; charset=utf-8');
    const plain = await ask({ ...given, headers: JSON_ONLY });
    expect(summary(plain)).toEqual([jsonStatus, [code]]);
    expect(plain.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(plain.errors![0]!.message).toBe(modern.errors![0]!.message);
    // RFC 6750 section 3.1: no error code for a request without credentials.
    const challenge = given.token === undefined ? 'Bearer' : 'Bearer error="invalid_token"';
    expect(modern.headers['www-authenticate']).toBe(status === 401 ? challenge : undefined);
  });

  it('of one field leaves the others their data', async () => {
    const token = await acme.token(['settings:read']);
    const reply = await ask({
      token,
      query:
        '{ tenant { identifier id status } clients { totalCount } missing: node(id: "x") { id } settings { locale } }',
    });
    expect(reply.status).toBe(200);
    expect(reply.data).toEqual({
      tenant: { identifier: 'acme', id: null, status: null },
      clients: null,
      missing: null,
      settings: { locale: 'en' },
    });
    const seen = Object.fromEntries(
      reply.errors!.map(({ path, extensions }) => [path?.join('.'), extensions.code]),
    );
    expect(seen).toEqual({
      'tenant.id': 'FORBIDDEN',
      'tenant.status': 'FORBIDDEN',
      clients: 'FORBIDDEN',
      missing: 'NOT_FOUND',
    });
  });

  it('RATE_LIMITED says when to come back', async () => {
    const path = '/platform/graphql';
    expect((await ask({ path, query: REGISTER('first-one') })).errors).toBeUndefined();
    const reply = await ask({ path, query: REGISTER('second-one') });
    expect(reply.errors?.map(({ extensions }) => extensions.code)).toEqual(['RATE_LIMITED']);
    expect(reply.status).toBe(429);
    expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0);
  });
});

it('tells a caller who accepts nothing it can say what it could', async () => {
  const reply = await ask({ query: '{ viewer { kind } }', headers: { accept: 'image/png' } });
  expect(summary(reply)).toEqual([406, ['BAD_USER_INPUT']]);
});

it('opened in a browser is a page, which tells no more of a tenant than the error does', async () => {
  const open = async (path: string, accept = 'text/html,application/xhtml+xml,*/*;q=0.8') => {
    const { status, headers, body } = await send({
      port: gateway.port,
      method: 'GET',
      path,
      headers: { accept },
    });
    const id = String(headers['x-request-id']);
    expect(body).toContain(id);
    return { status, headers, body: body.replaceAll(id, 'ID') };
  };
  const unknown = await open('/t/nowhere/oauth/auth');
  expect([unknown.status, unknown.headers['content-type']]).toEqual([404, 'text/html; charset=utf-8']);
  expect(unknown.headers['content-security-policy']).toContain("default-src 'none'");
  expect(unknown.body).toContain('There is no such tenant.');
  const suspended = await registerTenant(gateway, 'hooli');
  await gateway.app.platform.lifecycle.suspend(suspended.record._id);
  await eventually(async () => expect((await open('/t/hooli/oauth/auth')).body).toBe(unknown.body));
  expect((await open('/t/hooli/graphql')).body).toBe(unknown.body);
  expect((await open('/t/<script>/graphql')).body).not.toContain('<script>');
  expect(await open('/')).toMatchObject({
    status: 404,
    body: expect.stringContaining('NOT_FOUND') as string,
  });
  expect(JSON.parse((await open('/', '*/*')).body)).toMatchObject({ errors: [{}] });
});

describe('a fault of the gateway', () => {
  const secret = 'mongodb://root:hunter2@db.internal/';

  it('in a resolver is INTERNAL to the caller, and in the log with its cause', async () => {
    const broken = vi
      .spyOn(gateway.app.platform.registration, 'isAvailable')
      .mockRejectedValue(new TypeError(secret));
    try {
      const reply = await ask({
        path: '/platform/graphql',
        query: '{ identifierAvailable(identifier: "x") }',
      });
      expect(summary(reply)).toEqual([500, ['INTERNAL']]);
      expect(JSON.stringify(reply)).not.toMatch(/hunter2|db\.internal|TypeError/);
      const { requestId } = reply.errors![0]!.extensions as unknown as { requestId: string };
      expect(gateway.logs.filter((line) => line['requestId'] === requestId).map(({ msg }) => msg)).toEqual([
        'a resolver failed',
        'request',
      ]);
    } finally {
      broken.mockRestore();
    }
  });

  it('before GraphQL is INTERNAL in the same form', async () => {
    gateway.app.directory.clear();
    const broken = vi.spyOn(gateway.app.directory, 'byIdentifier').mockRejectedValue(new Error(secret));
    try {
      const reply = await ask({ query: '{ __typename }' });
      expect(summary(reply)).toEqual([500, ['INTERNAL']]);
      expect(JSON.stringify(reply)).not.toMatch(/hunter2|db\.internal/);
    } finally {
      broken.mockRestore();
    }
    expect(summary(await ask({ query: '{ __typename }' }))).toEqual([200, undefined]);
  });

  it('that is an unreachable database is TENANT_UNAVAILABLE, with a time to come back', async () => {
    gateway.app.directory.clear();
    const broken = vi
      .spyOn(gateway.app.directory, 'byIdentifier')
      .mockRejectedValue(new mongo.MongoNetworkError(secret));
    try {
      const reply = await ask({ query: '{ __typename }' });
      expect(summary(reply)).toEqual([503, ['TENANT_UNAVAILABLE']]);
      expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0);
      expect(JSON.stringify(reply)).not.toMatch(/hunter2|db\.internal/);
    } finally {
      broken.mockRestore();
    }
  });

  it('is the only thing that is logged as an error', async () => {
    const errors = gateway.logs.filter(({ level }) => level === 50 || level === 'error');
    expect(new Set(errors.map(({ msg }) => msg))).toEqual(new Set(['a resolver failed', 'request failed']));
  });
});

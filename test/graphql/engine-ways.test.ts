import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openEngineWays } from '../../src/graphql/engine.ts';
import type { EngineReply } from '../../src/graphql/engine-request.ts';
import { createTenantSchemas } from '../../src/graphql/tenant-schemas.ts';
import { modules } from '../../src/modules/index.ts';
import { createLogger } from '../../src/observability/logger.ts';
import { type ModuleBench, openModuleBench } from '../support/module-bench.ts';

const schemas = createTenantSchemas(modules);
const ways = await openEngineWays(schemas.superset);

let bench: ModuleBench;

beforeAll(async () => {
  bench = await openModuleBench(['resources', 'clients', 'content']);
});

afterAll(() => bench[Symbol.asyncDispose]());

const BODIES: Record<string, unknown> = {
  'a query': { query: '{ tenant { identifier } }' },
  'variables and a name': {
    query: 'query A($id: ID!) { node(id: $id) { id } } query B { viewer { kind } }',
    operationName: 'B',
    variables: { id: 'x' },
    extensions: { any: 1 },
  },
  'an error beside data': { query: '{ tenant { name } node(id: "nothing") { id } }' },
  'a missing scope': { query: '{ modules { id } }' },
  'a syntax error': { query: '{ tenant { ' },
  'a validation error': { query: '{ tenant { nme } }' },
  'a wrong variable': {
    query: 'query ($n: Int) { contentItems(first: $n) { nodes { id } } }',
    variables: { n: 'x' },
  },
  'a missing variable': { query: 'query ($id: ID!) { node(id: $id) { id } }' },
  'too large a page': { query: '{ contentItems(first: 101) { nodes { id } } }' },
  'too many fields': {
    query: `{ ${Array.from({ length: 60 }, (_, i) => `a${i}: viewer { kind }`).join(' ')} }`,
  },
  'an unknown operation name': { query: 'query A { viewer { kind } }', operationName: 'Z' },
  introspection: { query: '{ __schema { queryType { name } } }' },
  'a mutation': {
    query: 'mutation { resetSetting(input: { path: "nowhere" }) { userErrors { code path } } }',
  },
  'an empty document': { query: '' },
  'null members': { query: '{ viewer { kind } }', variables: null, operationName: null, extensions: null },
};

const ACCEPTS = [
  undefined,
  '*/*',
  'application/json',
  'application/graphql-response+json',
  'application/graphql-response+json, application/json',
  'application/json, application/graphql-response+json',
];

async function contextOf(tenant: 'acme' | 'globex', mayIntrospect: boolean) {
  const scope = await bench[tenant].scope({ scopes: ['content:read', 'settings:write'] });
  const codes: string[] = [];
  return {
    codes,
    scope,
    catalogue: modules,
    schema: schemas.superset,
    requestId: 'the-request',
    log: createLogger('silent'),
    mayIntrospect,
    hasHungUp: () => false,
    onOperation: () => undefined,
    onError: (code: string) => void codes.push(code),
  };
}

const comparable = ({ status, headers, body }: EngineReply) => ({
  status,
  headers,
  body: JSON.parse(body as string) as unknown,
});

describe.each(Object.entries(BODIES))('%s', (_name, value) => {
  const body = Buffer.from(JSON.stringify(value));

  test.each(ACCEPTS)('is answered alike on both ways under Accept %s', async (accept) => {
    for (const mayIntrospect of [true, false]) {
      const request = { method: 'POST', search: '', accept, body };
      const [one, other] = await Promise.all([
        contextOf('acme', mayIntrospect),
        contextOf('acme', mayIntrospect),
      ]);
      const direct = await ways.direct(request, one);
      expect(direct).toBeDefined();
      expect(comparable(direct!)).toEqual(comparable(await ways.overFetch(request, other)));
      expect(one.codes).toEqual(other.codes);
    }
  });
});

test('both ways answer each of two tenants its own, interleaved', async () => {
  const body = Buffer.from(JSON.stringify({ query: '{ tenant { identifier } }' }));
  await Promise.all(
    Array.from({ length: 100 }, async (_, i) => {
      const tenant = i % 2 === 0 ? 'acme' : 'globex';
      const way = i % 3 === 0 ? ways.overFetch : ways.direct;
      const reply = await way(
        { method: 'POST', search: '', accept: undefined, body },
        await contextOf(tenant, true),
      );
      expect(JSON.parse(reply!.body as string)).toEqual({
        data: { tenant: { identifier: bench[tenant].tenant.identifier } },
      });
    }),
  );
});

test.each([
  ['GET', { method: 'GET', search: '?query={viewer{kind}}', body: undefined }],
  ['a search', { method: 'POST', search: '?query={viewer{kind}}' }],
  ['a batch', { body: Buffer.from('[]') }],
  ['broken JSON', { body: Buffer.from('{"query"') }],
  ['an unknown parameter', { body: Buffer.from('{"query":"{a}","what":1}') }],
  ['a query that is no string', { body: Buffer.from('{"query":5}') }],
  ['variables that are no object', { body: Buffer.from('{"query":"{a}","variables":[]}') }],
  ['a subscription', { body: Buffer.from('{"query":"subscription { a }"}') }],
  ['another media type', { accept: 'text/event-stream' }],
])('leaves %s to the adapter', async (_name, change) => {
  const request = { method: 'POST', search: '', accept: undefined, body: randomBytes(0), ...change };
  expect(ways.direct(request, await contextOf('acme', true))).toBeUndefined();
});

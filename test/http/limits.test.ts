import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  COMPLEXITY_LIMIT,
  DEPTH_LIMIT,
  FIELD_LIMIT,
  MERGE_LIMIT,
  NESTING_LIMIT,
  PAGE_SIZE,
  REPEAT_LIMIT,
  ROOT_FIELD_LIMIT,
  TOKEN_LIMIT,
} from '../../src/graphql/limits.ts';
import { watchCommands } from '../support/database-commands.ts';
import { registerBoth, startGateway, type TestGateway, type TestTenant } from '../support/gateway.ts';
import { graphql, type GraphQLReply } from '../support/request.ts';

let gateway: TestGateway;
let acme: TestTenant;
let globex: TestTenant;
let token: string;
let commands: Awaited<ReturnType<typeof watchCommands>>;

beforeAll(async () => {
  gateway = await startGateway();
  ({ acme, globex } = await registerBoth(gateway));
  token = await acme.token();
  // Everything that is read once, before anything is counted.
  await ask('{ viewer { kind } }');
  commands = await watchCommands(gateway, acme, globex);
});

afterAll(() => gateway[Symbol.asyncDispose]());

const ask = (query: string) => graphql({ port: gateway.port, path: '/t/acme/graphql', token, query });

/** Refused by one error, which is not one of validation, though every document here would not be valid either. */
function expectLimit({ status, data, errors }: GraphQLReply, limit: number): void {
  expect(errors?.map(({ extensions }) => [extensions.code, extensions['limit']])).toEqual([
    ['LIMIT_EXCEEDED', limit],
  ]);
  expect([status, data ?? null]).toEqual([400, null]);
}

const times = (count: number, text: (index: number) => string) =>
  Array.from({ length: count }, (_none, index) => text(index)).join(' ');

/** Nothing has this field: where validation is reached, it says so. */
const WRONG = 'nonsense';

describe('a document is refused before it is validated', () => {
  const deep = (levels: number, leaf: string) =>
    '{ tenant '.repeat(levels) + `{ ${leaf} }` + ' }'.repeat(levels);

  it.each<[string, string, number]>([
    ['with too many tokens', `{ ${WRONG} ${'a '.repeat(TOKEN_LIMIT)} }`, TOKEN_LIMIT],
    ['that is too deep', deep(DEPTH_LIMIT, WRONG), DEPTH_LIMIT],
    [
      'that is too deep by a fragment',
      `{ ${WRONG} ...F } fragment F on Query ${deep(DEPTH_LIMIT, WRONG)}`,
      DEPTH_LIMIT,
    ],
    [
      'that is too deep by a chain of fragments',
      `{ ...F0 } ${times(20, (i) => `fragment F${i} on Query { tenant { ...F${i + 1} } }`)} fragment F20 on Query { ${WRONG} }`,
      DEPTH_LIMIT,
    ],
    ['with thousands of brackets inside each other', '{a'.repeat(4_999), NESTING_LIMIT],
    ['with thousands of lists inside each other', `{ ${WRONG}(a: ${'['.repeat(9_000)}`, NESTING_LIMIT],
    ['with thousands of objects inside each other', `{ ${WRONG}(a: ${'{a:'.repeat(3_000)}`, NESTING_LIMIT],
    ['with thousands of list types inside each other', `query ($a: ${'['.repeat(9_000)}`, NESTING_LIMIT],
    [
      'with too many fields',
      `{ ${times(40, (i) => `a${i}: tenant { ${times(30, (j) => `b${j}: ${WRONG}`)} }`)} }`,
      FIELD_LIMIT,
    ],
    [
      'with fragments that fan out 30 levels',
      `{ ...F0 } ${times(30, (i) => `fragment F${i} on Query { a: tenant { x${i}: ${WRONG} } ...F${i + 1} ...F${i + 1} }`)} fragment F30 on Query { ${WRONG} }`,
      REPEAT_LIMIT,
    ],
    [
      'with fields that fan out 30 levels',
      `{ ...F0 } ${times(14, (i) => `fragment F${i} on Tenant { a: tenant { ...F${i + 1} } b: tenant { ...F${i + 1} } }`)} fragment F14 on Tenant { ${WRONG} }`,
      FIELD_LIMIT,
    ],
    ['with 2,000 repeated fields', `{ ${`${WRONG} `.repeat(2_000)} }`, REPEAT_LIMIT],
    [
      'with 2,000 repeated fields in inline fragments',
      `{ ${times(20, () => `... { ${'tenant { name } '.repeat(20)} }`)} ${WRONG} }`,
      REPEAT_LIMIT,
    ],
    [
      'with repeated fields in many fragments',
      `{ ${times(40, (i) => `...F${i}`)} } ${times(40, (i) => `fragment F${i} on Query { ${'tenant { nonsense } '.repeat(10)} }`)}`,
      REPEAT_LIMIT,
    ],
    ['with many repeated inline fragments', `{ ${`... { ${WRONG} } `.repeat(21)} }`, REPEAT_LIMIT],
  ])('%s', async (_what, query, limit) => {
    expectLimit(await ask(query), limit);
  });

  it('with many operations, of which one is asked for', async () => {
    const query = times(600, (i) => `query Q${i} { tenant { ${WRONG} } }`);
    const reply = await graphql({ port: gateway.port, path: '/t/acme/graphql', query, operationName: 'Q0' });
    expectLimit(reply, FIELD_LIMIT);
  });

  it('by nothing but its size', async () => {
    expect(MERGE_LIMIT).toBeGreaterThan(REPEAT_LIMIT);
    const within = `{ ${times(ROOT_FIELD_LIMIT - 1, (i) => `a${i}: tenant { ${times(19, (j) => `b${j}: name`)} }`)} }`;
    expect((await ask(within)).errors).toBeUndefined();
    expect((await ask(`{ ${'tenant { name } '.repeat(REPEAT_LIMIT)} }`)).errors).toBeUndefined();
    expect((await ask(deep(DEPTH_LIMIT - 2, 'name'))).errors).toMatchObject([
      { extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } },
    ]);
  });
});

describe('fragments in a circle', () => {
  it.each([
    'fragment A on Query { ...A } { ...A }',
    'fragment A on Query { ...B } fragment B on Query { ...A } { ...A }',
    'fragment A on Tenant { ... on Tenant { ...B } } fragment B on Tenant { ...C } fragment C on Tenant { name ...A } { tenant { ...A } }',
    `{ ...F0 } ${times(100, (i) => `fragment F${i} on Query { ...F${(i + 1) % 100} }`)}`,
  ])('are refused: %s', async (query) => {
    const { status, errors } = await ask(query);
    expect([status, errors![0]!.extensions.code]).toEqual([400, 'GRAPHQL_VALIDATION_FAILED']);
    expect(errors![0]!.message).toMatch(/^Cannot spread fragment "\w+" within itself/);
  });
});

describe('1,000 aliases of a root field', () => {
  it('cost the databases nothing, whichever field it is, in the operation or in fragments', async () => {
    // Without a token, because whether the caller's client still exists is read about once a second.
    const anonymous = (query: string) => graphql({ port: gateway.port, path: '/t/acme/graphql', query });
    const { superset } = gateway.app.schemas;
    const fields = [...Object.keys(superset.getQueryType()!.getFields()), '__typename'];
    const mutations = Object.keys(superset.getMutationType()!.getFields());
    expect(fields).toContain('clients');
    const documents = [
      ...fields.map((field) => `{ ${times(1_000, (i) => `a${i}: ${field}`)} }`),
      ...mutations.map((field) => `mutation { ${times(1_000, (i) => `a${i}: ${field}`)} }`),
      ...fields.map((field) => `{ ...F } fragment F on Query { ${times(900, (i) => `a${i}: ${field}`)} }`),
      ...fields.map(
        (field) =>
          `{ ${times(20, (i) => `... @include(if: true) { ${times(40, (j) => `a${i}x${j}: ${field}`)} }`)} }`,
      ),
    ];
    // Known from here on, whatever ran before.
    await anonymous('{ __typename }');
    const spent = await commands.during(async () => {
      for (const document of documents) {
        const { errors } = await anonymous(document);
        expect(errors?.map(({ extensions }) => [extensions.code, extensions['limit']])).toEqual([
          ['LIMIT_EXCEEDED', ROOT_FIELD_LIMIT],
        ]);
      }
    });
    expect(spent).toBe(0);
  });
});

describe('what an operation asks for', () => {
  it('has pages of at most 100', async () => {
    const tooLarge = PAGE_SIZE.max + 1;
    for (const field of ['clients', 'resources', 'contentTypes', 'contentItems']) {
      for (const args of [`first: ${tooLarge}`, `last: ${tooLarge}`]) {
        const reply = await ask(`{ ${field}(${args}) { pageInfo { hasNextPage } } }`);
        expect([
          field,
          args,
          reply.errors?.map(({ extensions }) => [extensions.code, extensions['limit']]),
        ]).toEqual([field, args, [['LIMIT_EXCEEDED', PAGE_SIZE.max]]]);
      }
      expect(
        (await ask(`{ ${field}(first: ${PAGE_SIZE.max}) { pageInfo { hasNextPage } } }`)).errors,
      ).toBeUndefined();
      const huge = await ask(`{ ${field}(first: 2147483647) { pageInfo { hasNextPage } } }`);
      expect(huge.errors?.map(({ extensions }) => extensions.code)).toEqual(['LIMIT_EXCEEDED']);
      const negative = await ask(`{ ${field}(first: -1) { pageInfo { hasNextPage } } }`);
      expect(negative.errors?.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT']);
    }
    const ids = JSON.stringify(Array.from({ length: tooLarge }, () => 'x'));
    expectLimit(await ask(`{ nodes(ids: ${ids}) { id } }`), PAGE_SIZE.max);
    const operator = await gateway.app.tokens.forOperator(['platform:tenants:read'], 60_000);
    const platform = await graphql({
      port: gateway.port,
      path: '/platform/graphql',
      token: operator.token,
      query: `{ tenants(first: ${tooLarge}) { totalCount } }`,
    });
    expectLimit(platform, PAGE_SIZE.max);
  });

  it('costs no more than the limit, or nothing is read', async () => {
    const fields = 'nodes { grants { resource { id name audience scopes { name description } } scopes } }';
    const item = (size: number) => `{ ${times(10, (i) => `a${i}: clients(first: ${size}) { ${fields} }`)} }`;
    await ask('{ viewer { kind } }');
    let reply: GraphQLReply | undefined;
    const spent = await commands.during(async () => (reply = await ask(item(100))));
    // Said of every root field, none of which was resolved.
    expect(new Set(Object.values(reply!.data!))).toEqual(new Set([null]));
    const refused = reply!.errors!.map(({ extensions }) => [extensions.code, extensions['limit']]);
    expect(refused).toEqual(Array.from({ length: 10 }, () => ['LIMIT_EXCEEDED', COMPLEXITY_LIMIT]));
    // At most the read of the caller's client.
    expect(spent).toBeLessThanOrEqual(1);
    expect((await ask(item(2))).errors).toBeUndefined();
  });

  it('is limited on the platform too', async () => {
    const query = `{ ${times(1_000, (i) => `a${i}: identifierAvailable(identifier: "free-${i}")`)} }`;
    let reply: GraphQLReply | undefined;
    expect(
      await commands.during(
        async () => (reply = await graphql({ port: gateway.port, path: '/platform/graphql', query })),
      ),
    ).toBe(0);
    expectLimit(reply!, ROOT_FIELD_LIMIT);
  });
});

import {
  buildClientSchema,
  getIntrospectionQuery,
  type GraphQLObjectType,
  type IntrospectionQuery,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  registerBoth,
  registerTenant,
  startGateway,
  type TestGateway,
  type TestTenant,
} from '../support/gateway.ts';
import { graphql, send } from '../support/request.ts';

let gateway: TestGateway;
let acme: TestTenant;
let plain: TestTenant;

beforeAll(async () => {
  gateway = await startGateway();
  ({ acme } = await registerBoth(gateway));
  plain = await registerTenant(gateway, 'plain', { modules: [] });
});

afterAll(() => gateway[Symbol.asyncDispose]());

const CONTENT = '{ tenant { identifier } contentTypes { totalCount } }';

async function ask(tenant: TestTenant, query: string, variables: object = {}) {
  return graphql({ port: gateway.port, token: await tenant.token(), query, variables });
}

describe('a field of a module that is off', () => {
  it('is MODULE_DISABLED with the module’s id, whoever asked the same before', async () => {
    // One text through the caches of parsed and validated documents, both ways round.
    for (const text of [CONTENT, `${CONTENT} # the other one first`]) {
      const order = text === CONTENT ? [acme, plain, acme, plain] : [plain, acme, plain, acme];
      for (const tenant of order) {
        const reply = await ask(tenant, text);
        if (tenant === acme) {
          expect(reply).toMatchObject({
            status: 200,
            data: { tenant: { identifier: 'acme' }, contentTypes: { totalCount: 0 } },
          });
          expect(reply.errors).toBeUndefined();
        } else {
          expect(reply).toMatchObject({
            status: 400,
            errors: [
              {
                message: 'The module content is disabled.',
                extensions: { code: 'MODULE_DISABLED', module: 'content' },
              },
            ],
          });
          expect(reply.errors).toHaveLength(1);
          expect(reply.data).toBeUndefined();
        }
      }
    }
  });

  it.each([
    ['clients', '{ clients { totalCount } }'],
    ['resources', '{ resource(id: "x") { name } }'],
    ['content', 'mutation { deleteContentItem(input: { id: "x" }) { deletedId } }'],
    ['clients', '{ node(id: "x") { ... on Client { name } } }'],
    ['resources', 'fragment F on ApiResource { name } { node(id: "x") { ...F } }'],
    ['clients', 'mutation ($input: CreateClientInput!) { createClient(input: $input) { secret } }'],
  ])('of %s: %s', async (module, query) => {
    const reply = await ask(plain, query, { input: { name: 'x' } });
    expect(
      new Set(reply.errors?.map(({ extensions }) => `${extensions.code} ${String(extensions['module'])}`)),
    ).toEqual(new Set([`MODULE_DISABLED ${module}`]));
    expect(
      (await ask(acme, query, { input: { name: 'x' } })).errors?.map(({ extensions }) => extensions.code) ??
        [],
    ).not.toContain('MODULE_DISABLED');
  });

  it('is no excuse for a field that exists nowhere', async () => {
    expect((await ask(plain, '{ nonsense }')).errors).toMatchObject([
      { extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } },
    ]);
  });

  it('works as soon as the module is on, and no longer when it is off', async () => {
    const initech = await registerTenant(gateway, 'initech', { modules: [] });
    const codes = async () => (await ask(initech, CONTENT)).errors?.map(({ extensions }) => extensions.code);
    expect(await codes()).toEqual(['MODULE_DISABLED']);
    await ask(initech, 'mutation { enableModule(input: { id: "content" }) { userErrors { code } } }');
    expect(await codes()).toBeUndefined();
    await ask(initech, 'mutation { disableModule(input: { id: "content" }) { userErrors { code } } }');
    expect(await codes()).toEqual(['MODULE_DISABLED']);
  });
});

describe('introspection', () => {
  const fieldsOf = async (tenant: TestTenant): Promise<string[]> => {
    const { data } = await ask(tenant, getIntrospectionQuery());
    return rootFields(buildClientSchema(data as unknown as IntrospectionQuery).getQueryType()!);
  };
  const rootFields = (type: GraphQLObjectType) => Object.keys(type.getFields()).sort();

  it('shows a tenant what it has', async () => {
    expect(await fieldsOf(plain)).toEqual([
      ...['modules', 'node', 'nodes', 'settings', 'signingKeys', 'tenant', 'trustedIssuers', 'viewer'],
    ]);
    expect(await fieldsOf(acme)).toEqual(rootFields(gateway.app.schemas.superset.getQueryType()!));
    expect(await fieldsOf(plain)).not.toContain('clients');
    const { data } = await ask(plain, '{ __type(name: "Client") { name } }');
    expect(data).toEqual({ __type: null });
  });

  it('prints the same to a file for codegen', async () => {
    const file = async (path: string, token?: string) => {
      const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
      return send({ port: gateway.port, method: 'GET', path, headers });
    };
    const own = await file('/graphql/schema.graphql', await plain.token());
    expect([own.status, own.headers['content-type']]).toEqual([200, 'text/plain; charset=utf-8']);
    expect(own.body).not.toMatch(/^type Client /m);
    expect((await file('/t/plain/graphql/schema.graphql')).body).toBe(own.body);
    const superset = await file('/graphql/schema.graphql');
    expect(superset.body).toMatch(/^type Client /m);
    expect((await file('/graphql/schema.graphql', await acme.token())).body).toBe(superset.body);
    expect((await file('/t/nowhere/graphql/schema.graphql')).status).toBe(404);
  });

  it.each([
    ['off', { anonymous: false, signedIn: false }],
    ['signed-in', { anonymous: false, signedIn: true }],
  ])(
    'that is %s is refused to whom it is not for, whoever asked the same before',
    async (setting, allowed) => {
      const other = await startGateway({
        CONTROL_DATABASE: gateway.config.mongo.controlDatabase,
        INTROSPECTION: setting,
      });
      try {
        const token = await acme.token();
        for (const query of [
          '{ __schema { queryType { name } } }',
          '{ __type(name: "Query") { name } }',
          getIntrospectionQuery(),
        ]) {
          for (const isSignedIn of [true, false, true, false]) {
            const reply = await graphql({
              port: other.port,
              path: '/t/acme/graphql',
              token: isSignedIn ? token : undefined,
              query,
            });
            const isAllowed = isSignedIn ? allowed.signedIn : allowed.anonymous;
            expect(reply.status).toBe(isAllowed ? 200 : 400);
            expect(reply.errors?.[0]?.extensions.code).toBe(
              isAllowed ? undefined : 'GRAPHQL_VALIDATION_FAILED',
            );
          }
        }
        for (const path of ['/t/acme/graphql', '/graphql', '/platform/graphql']) {
          const file = await send({ port: other.port, method: 'GET', path: `${path}/schema.graphql` });
          expect([path, file.status]).toEqual([path, 401]);
        }
        // Names of types are no introspection.
        const typename = await graphql({
          port: other.port,
          path: '/t/acme/graphql',
          query: '{ __typename tenant { __typename } }',
        });
        expect(typename.data).toEqual({ __typename: 'Query', tenant: { __typename: 'Tenant' } });
      } finally {
        other.server.close();
        await other.app[Symbol.asyncDispose]();
      }
    },
  );
});

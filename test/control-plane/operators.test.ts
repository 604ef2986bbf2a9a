import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type PlatformScope, PLATFORM_SCOPES } from '../../src/auth/scopes.ts';
import { createTokenIssuer } from '../../src/control-plane/token-issuer.ts';
import { registerBoth, registerTenant, startGateway, type TestGateway } from '../support/gateway.ts';
import { operatorToken, platform } from '../support/platform.ts';
import { send } from '../support/request.ts';

let gateway: TestGateway;
let tenants: Awaited<ReturnType<typeof registerBoth>>;

beforeAll(async () => {
  gateway = await startGateway();
  tenants = await registerBoth(gateway);
});

afterAll(() => gateway[Symbol.asyncDispose]());

const NOBODY = '00000000-0000-7000-8000-000000000000';

/** Every field for operators, with the one scope it needs. The schema test below keeps the list whole. */
const FIELDS: Record<string, { scope: PlatformScope; document: string }> = {
  tenants: { scope: 'platform:tenants:read', document: '{ tenants(first: 1) { nodes { id } } }' },
  tenant: { scope: 'platform:tenants:read', document: `{ tenant(id: "${NOBODY}") { id } }` },
  tenantByIdentifier: {
    scope: 'platform:tenants:read',
    document: '{ tenantByIdentifier(identifier: "nobody") { id } }',
  },
  fleetMigration: {
    scope: 'platform:tenants:read',
    document: `{ fleetMigration(id: "${NOBODY}") { state } }`,
  },
  clusters: { scope: 'platform:clusters:read', document: '{ clusters { name } }' },
  createTenant: {
    scope: 'platform:tenants:write',
    document: 'mutation { createTenant(input: { identifier: "WRONG", name: "" }) { userErrors { code } } }',
  },
  ...Object.fromEntries(
    ['suspendTenant', 'resumeTenant', 'deleteTenant', 'restoreTenant'].map((name) => [
      name,
      {
        scope: 'platform:tenants:write' as const,
        document: `mutation { ${name}(input: { id: "${NOBODY}" }) { userErrors { code } } }`,
      },
    ]),
  ),
  releaseIdentifier: {
    scope: 'platform:tenants:write',
    document: 'mutation { releaseIdentifier(input: { identifier: "nobody" }) { userErrors { code } } }',
  },
  migrateTenants: {
    scope: 'platform:tenants:write',
    document: 'mutation { migrateTenants { migrated current userErrors { code } } }',
  },
  addCluster: {
    scope: 'platform:clusters:write',
    document:
      'mutation { addCluster(input: { name: "WRONG", connectionString: "", budget: 1 }) { userErrors { code } } }',
  },
  updateCluster: {
    scope: 'platform:clusters:write',
    document: 'mutation { updateCluster(input: { name: "nowhere" }) { userErrors { code } } }',
  },
};

const PUBLIC = ['health', 'identifierAvailable', 'registerTenant'];

test('the list of operator fields is the schema, but for what everybody may use', () => {
  const { platformSchema } = gateway.app;
  const fields = [platformSchema.getQueryType(), platformSchema.getMutationType()].flatMap((type) =>
    Object.keys(type?.getFields() ?? {}),
  );
  expect(fields.sort()).toEqual([...Object.keys(FIELDS), ...PUBLIC].sort());
});

describe.each(Object.entries(FIELDS))('%s', (_field, { scope, document }) => {
  const others = (Object.keys(PLATFORM_SCOPES) as PlatformScope[]).filter((name) => name !== scope);

  test('asks who is there', async () => {
    const { errors } = await platform(gateway, document);
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['UNAUTHENTICATED']);
  });

  test(`is refused without ${scope}, whatever else there is`, async () => {
    const { errors } = await platform(gateway, document, {}, await operatorToken(gateway, others));
    expect(errors?.map(({ extensions, message }) => [extensions.code, message.includes(scope)])).toEqual([
      ['FORBIDDEN', true],
    ]);
  });

  test(`is open with ${scope} alone`, async () => {
    const { errors } = await platform(gateway, document, {}, await operatorToken(gateway, [scope]));
    for (const { extensions } of errors ?? [])
      expect(['UNAUTHENTICATED', 'FORBIDDEN']).not.toContain(extensions.code);
  });
});

describe('a token that is no operator token', () => {
  async function expectInvalid(token: string): Promise<void> {
    const reply = await platform(gateway, '{ health { status } }', {}, token);
    expect([reply.status, reply.errors?.[0]?.extensions.code]).toEqual([401, 'UNAUTHENTICATED']);
    expect(reply.headers['www-authenticate']).toMatch(/^Bearer/);
  }

  test('of a tenant', async () => {
    await expectInvalid(await tenants.acme.token());
  });

  test('of another platform', async () => {
    await using other = await startGateway();
    await expectInvalid(await operatorToken(other));
  });

  test('that was changed', async () => {
    const [header, payload, signature] = (await operatorToken(gateway, ['platform:tenants:read'])).split('.');
    const claims = JSON.parse(Buffer.from(payload ?? '', 'base64url').toString()) as Record<string, unknown>;
    const raised = Buffer.from(JSON.stringify({ ...claims, scope: 'platform:tenants:write' })).toString(
      'base64url',
    );
    await expectInvalid(`${header}.${raised}.${signature}`);
  });

  test('that expired', async () => {
    const { box, config, app } = gateway;
    const issuer = createTokenIssuer({
      ...{ control: app.platform.control, box, tenantClaim: config.tenantClaim },
      publicUrl: config.http.publicUrl,
      now: () => Date.now() - 610_000,
    });
    await expectInvalid((await issuer.forOperator(['platform:tenants:read'], 600_000)).token);
  });
});

test('an operator token opens no tenant', async () => {
  const { status, body } = await send({
    port: gateway.port,
    path: '/t/acme/graphql',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await operatorToken(gateway)}` },
    body: '{"query":"{ tenant { name } }"}',
  });
  expect(status).toBe(401);
  expect(body).toContain('UNAUTHENTICATED');
});

test('lists tenants page by page, forwards and backwards, each once', async () => {
  for (let index = 0; index < 5; index += 1) await registerTenant(gateway, `paged-${index}`);
  const token = await operatorToken(gateway);
  const query = `query ($first: Int, $after: String, $last: Int, $before: String) {
    tenants(first: $first, after: $after, last: $last, before: $before) {
      totalCount nodes { identifier } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`;
  const page = async (variables: object) => {
    const { data, errors } = await platform(gateway, query, variables, token);
    expect(errors).toBeUndefined();
    return data?.['tenants'] as {
      totalCount: number;
      nodes: { identifier: string }[];
      pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string; endCursor: string };
    };
  };
  const expected = ['acme', 'globex', ...Array.from({ length: 5 }, (_unused, index) => `paged-${index}`)];
  const forwards: string[] = [];
  for (let after: string | null = null, more = true; more;) {
    const { totalCount, nodes, pageInfo } = await page({ first: 3, after });
    expect(totalCount).toBe(expected.length);
    forwards.push(...nodes.map(({ identifier }) => identifier));
    [after, more] = [pageInfo.endCursor, pageInfo.hasNextPage];
  }
  expect(forwards).toEqual(expected);
  const backwards: string[] = [];
  for (let before: string | null = null, more = true; more;) {
    const { nodes, pageInfo } = await page({ last: 3, before });
    backwards.unshift(...nodes.map(({ identifier }) => identifier));
    [before, more] = [pageInfo.startCursor, pageInfo.hasPreviousPage];
  }
  expect(backwards).toEqual(expected);
  for (const [variables, code] of [
    [{ first: 101 }, 'LIMIT_EXCEEDED'],
    [{ first: -1 }, 'BAD_USER_INPUT'],
    [{ first: 1, after: 'bm90IGEgY3Vyc29y' }, 'BAD_USER_INPUT'],
  ] as const) {
    const { errors } = await platform(gateway, query, variables, token);
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual([code]);
  }
});

test('finds a tenant by id and by identifier, and nothing else', async () => {
  const token = await operatorToken(gateway);
  const { _id } = tenants.acme.record;
  const one = await platform(
    gateway,
    `{ tenant(id: "${_id}") { identifier placement { mode cluster } } }`,
    {},
    token,
  );
  expect(one.data).toEqual({
    tenant: { identifier: 'acme', placement: { mode: 'DATABASE', cluster: 'default' } },
  });
  const two = await platform(
    gateway,
    '{ tenantByIdentifier(identifier: "globex") { identifier } }',
    {},
    token,
  );
  expect(two.data).toEqual({ tenantByIdentifier: { identifier: 'globex' } });
  for (const document of [
    '{ tenant(id: "acme") { id } }',
    '{ tenantByIdentifier(identifier: "ACME") { id } }',
  ]) {
    const { data, errors } = await platform(gateway, document, {}, token);
    expect(errors?.[0]?.extensions.code).toBe('NOT_FOUND');
    expect(Object.values(data ?? {})).toEqual([null]);
  }
});

test('what everybody may use tells no names', async () => {
  const { data, errors } = await platform(
    gateway,
    '{ health { status } identifierAvailable(identifier: "acme") }',
  );
  expect([data, errors]).toEqual([{ health: { status: 'UP' }, identifierAvailable: false }, undefined]);
});

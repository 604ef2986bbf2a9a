import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { eventually, WITHIN_A_SECOND_MS } from '../support/eventually.ts';
import { registerBoth, startGateway, type TestGateway } from '../support/gateway.ts';
import { createTenant, platform, register, visit } from '../support/platform.ts';
import { graphql } from '../support/request.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway();
  await registerBoth(gateway);
});

afterAll(() => gateway[Symbol.asyncDispose]());

let count = 0;

/** An identifier nobody has yet. */
function fresh(): string {
  count += 1;
  return `tenant-${count}`;
}

function key(): string {
  return randomBytes(16).toString('base64url');
}

async function freeNamespaces(): Promise<number> {
  return (await gateway.app.platform.clusters.all())[0]?.free ?? 0;
}

/** The databases of this gateway's tenants that a listing of all databases shows; others' are none of its business. */
async function databaseNames(): Promise<Set<string>> {
  const { databases } = await gateway.app.platform.control.db.admin().listDatabases({ nameOnly: true });
  return new Set(databases.map(({ name }) => name));
}

describe('a registration', () => {
  test('answers an active tenant with credentials that work at once', async () => {
    const identifier = fresh();
    const { tenant, bootstrap, userErrors, reply } = await register(gateway, {
      identifier,
      name: '  Umbrella & Söhne  ',
      administrator: { email: 'root@umbrella.example' },
    });
    expect([reply.status, userErrors]).toEqual([200, []]);
    expect(tenant).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      identifier,
      name: 'Umbrella & Söhne',
      status: 'ACTIVE',
      graphqlUrl: `http://gateway.test/t/${identifier}/graphql`,
      issuer: `http://gateway.test/t/${identifier}`,
    });
    expect(bootstrap?.setPasswordUrl).toContain(`http://gateway.test/t/${identifier}/oauth/password?token=`);
    expect(Date.parse(bootstrap?.expiresAt ?? '')).toBeGreaterThan(Date.now());
    expect(await visit(gateway, identifier, bootstrap?.accessToken)).toBe(identifier);
    expect(await visit(gateway, 'acme', bootstrap?.accessToken)).toBe('TENANT_MISMATCH');
    const { clients } = (
      await graphql({
        port: gateway.port,
        token: bootstrap?.accessToken,
        query: '{ clients { nodes { clientId secrets { prefix } } } }',
      })
    ).data as { clients: { nodes: { clientId: string; secrets: { prefix: string }[] }[] } };
    expect(clients.nodes).toEqual([
      { clientId: bootstrap?.clientId, secrets: [{ prefix: bootstrap?.clientSecret.slice(0, 10) }] },
    ]);
  });

  test('creates at most six namespaces, as the server counts them, and reserves what it creates', async () => {
    const before = await freeNamespaces();
    const { tenant } = await register(gateway, { identifier: fresh(), name: 'Small' });
    const record = await gateway.app.platform.control.tenants.findOne({ _id: tenant?.id ?? '' });
    const db = gateway.app.platform.control.db.client.db(record?.placement.database);
    const { collections, indexes } = await db.stats();
    const namespaces = Number(collections) + Number(indexes);
    expect(namespaces).toBeGreaterThan(0);
    expect(namespaces).toBeLessThanOrEqual(6);
    expect(before - (await freeNamespaces())).toBe(namespaces);
  });

  test('works at once for an identifier that was just asked for and unknown', async () => {
    const identifier = fresh();
    for (let asked = 0; asked < 3; asked += 1)
      expect(await visit(gateway, identifier)).toBe('TENANT_NOT_FOUND');
    await register(gateway, { identifier, name: 'Asked for before' });
    expect(await visit(gateway, identifier)).toBe(identifier);
  });

  test('gives the modules asked for, and refuses those that are none', async () => {
    const { bootstrap } = await register(gateway, {
      identifier: fresh(),
      name: 'Few',
      modules: ['clients', 'resources'],
    });
    const reply = await graphql({
      port: gateway.port,
      token: bootstrap?.accessToken,
      query: '{ contentTypes { totalCount } }',
    });
    expect(reply.errors?.[0]?.extensions.code).toBe('MODULE_DISABLED');
    const refused = await register(gateway, {
      identifier: fresh(),
      name: 'None',
      modules: ['clients', 'billing'],
    });
    expect(refused.userErrors).toMatchObject([{ code: 'INVALID', path: ['modules', '1'] }]);
    expect(refused.tenant).toBeNull();
  });
});

describe('an identifier', () => {
  const TOLD: Record<string, RegExp> = {
    IDENTIFIER_TAKEN: /is taken/,
    IDENTIFIER_INVALID: /3 to 48 of a-z, 0-9 and single hyphens/,
    IDENTIFIER_RESERVED: /is reserved/,
  };
  const refused: [string, string, string][] = [
    ['taken', 'acme', 'IDENTIFIER_TAKEN'],
    ['upper case', 'ACME', 'IDENTIFIER_INVALID'],
    ['capital', 'Acme2', 'IDENTIFIER_INVALID'],
    ['Cyrillic a', '\u0430cme', 'IDENTIFIER_INVALID'],
    ['full width', '\uff41cme', 'IDENTIFIER_INVALID'],
    ['umlaut', 'm\u00fcller', 'IDENTIFIER_INVALID'],
    ['A-label', 'xn--mller-kva', 'IDENTIFIER_INVALID'],
    ['double hyphen', 'ac--me', 'IDENTIFIER_INVALID'],
    ['leading hyphen', '-acme', 'IDENTIFIER_INVALID'],
    ['trailing hyphen', 'acme-', 'IDENTIFIER_INVALID'],
    ['leading digit', '1acme', 'IDENTIFIER_INVALID'],
    ['uuid', 'a1b2c3d4-0000-4000-8000-000000000000', 'IDENTIFIER_INVALID'],
    ['one character', 'a', 'IDENTIFIER_INVALID'],
    ['two characters', 'ab', 'IDENTIFIER_INVALID'],
    ['empty', '', 'IDENTIFIER_INVALID'],
    ['49 characters', `a${'b'.repeat(48)}`, 'IDENTIFIER_INVALID'],
    ['line feed at the end', 'umbrella\n', 'IDENTIFIER_INVALID'],
    ['NUL', 'umbr\u0000ella', 'IDENTIFIER_INVALID'],
    ['zero width space', 'umb\u200brella', 'IDENTIFIER_INVALID'],
    ['dot', 'umb.rella', 'IDENTIFIER_INVALID'],
    ['slash', 'umb/rella', 'IDENTIFIER_INVALID'],
    ['space', ' umbrella', 'IDENTIFIER_INVALID'],
    ['percent', 'umb%2Frella', 'IDENTIFIER_INVALID'],
    ['underscore', 'umb_rella', 'IDENTIFIER_INVALID'],
    ['operator', '$ne', 'IDENTIFIER_INVALID'],
    ['half a megabyte', 'a'.repeat(524_288), 'IDENTIFIER_INVALID'],
    ['label of the public URL', 'gateway', 'IDENTIFIER_RESERVED'],
    ...['www', 'api', 'admin', 'platform', 't'].map((name): [string, string, string] => [
      `reserved ${name}`,
      name,
      'IDENTIFIER_RESERVED',
    ]),
  ];

  test.each(refused)('is refused: %s', async (_what, identifier, code) => {
    const { tenant, bootstrap, userErrors, reply } = await register(gateway, { identifier, name: 'Refused' });
    expect(userErrors.map((error) => [error.code, error.path])).toEqual([[code, ['identifier']]]);
    expect(userErrors[0]?.message).toMatch(TOLD[code]!);
    expect([tenant, bootstrap, reply.status]).toEqual([null, null, 200]);
    expect(JSON.stringify(reply).length).toBeLessThan(2_000);
    const available = await platform(
      gateway,
      'query ($name: String!) { identifierAvailable(identifier: $name) }',
      {
        name: identifier,
      },
    );
    expect(available.data).toEqual({ identifierAvailable: false });
  });

  test('is accepted at both ends of its length', async () => {
    for (const identifier of ['abc', `a${'b'.repeat(46)}9`, 'a-b-c-1-2-3']) {
      expect((await platform(gateway, `{ identifierAvailable(identifier: "${identifier}") }`)).data).toEqual({
        identifierAvailable: true,
      });
      expect((await register(gateway, { identifier, name: 'Edge' })).tenant?.status).toBe('ACTIVE');
    }
  });

  test('of a megabyte and more ends at the limit of the body', async () => {
    const { reply, code } = await register(gateway, { identifier: 'a'.repeat(1_048_576), name: 'Huge' });
    expect([reply.status, code]).toEqual([413, 'LIMIT_EXCEEDED']);
  });

  test.each([
    ['name', { name: '' }, 'REQUIRED', ['name']],
    ['blank name', { name: ' \t ' }, 'REQUIRED', ['name']],
    ['long name', { name: 'n'.repeat(121) }, 'TOO_LONG', ['name']],
    ['name with a control character', { name: 'Acme\u0007' }, 'INVALID', ['name']],
    ['e-mail', { administrator: { email: 'nobody' } }, 'INVALID', ['administrator', 'email']],
    ['short key', { idempotencyKey: 'short' }, 'INVALID', ['idempotencyKey']],
    ['key of 21 characters', { idempotencyKey: 'k'.repeat(21) }, 'INVALID', ['idempotencyKey']],
    ['key with a line feed', { idempotencyKey: `${'k'.repeat(30)}\n` }, 'INVALID', ['idempotencyKey']],
  ])('is not taken when something else is wrong: %s', async (_what, wrong, code, path) => {
    const identifier = fresh();
    const { userErrors } = await register(gateway, { identifier, name: 'Fine', ...wrong });
    expect(userErrors.map((error) => [error.code, error.path])).toEqual([[code, path]]);
    expect((await register(gateway, { identifier, name: 'Fine' })).tenant?.status).toBe('ACTIVE');
  });

  test('is won by one of twenty at once, and the losers leave nothing behind', async () => {
    const identifier = fresh();
    const [free, databases] = [await freeNamespaces(), await databaseNames()];
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_unused, index) =>
        register(gateway, { identifier, name: `Caller ${index}` }),
      ),
    );
    const winners = outcomes.filter(({ tenant }) => tenant !== null);
    expect(winners).toHaveLength(1);
    const losers = outcomes.filter(({ tenant }) => tenant === null);
    expect(new Set(losers.map(({ userErrors }) => userErrors[0]?.code))).toEqual(
      new Set(['IDENTIFIER_TAKEN']),
    );
    expect(await visit(gateway, identifier, winners[0]?.bootstrap?.accessToken)).toBe(identifier);
    expect(await freeNamespaces()).toBe(free - 4);
    const { tenants } = gateway.app.platform.control;
    expect(await tenants.count({ identifier: identifier as never })).toBe(1);
    const own = new Set((await tenants.find({})).map(({ placement }) => placement.database));
    const added = [...(await databaseNames())].filter((name) => !databases.has(name) && own.has(name));
    expect(added).toHaveLength(1);
  });
});

describe('an idempotency key', () => {
  let input: { identifier: string; name: string; idempotencyKey: string };

  beforeEach(() => {
    input = { identifier: fresh(), name: 'Once', idempotencyKey: key() };
  });

  test('with the same input: the same tenant, fresh credentials, the old ones refused', async () => {
    const first = await register(gateway, input);
    expect(await visit(gateway, input.identifier, first.bootstrap?.accessToken)).toBe(input.identifier);
    const second = await register(gateway, input);
    expect(second.tenant).toEqual(first.tenant);
    expect(second.bootstrap?.clientId).not.toBe(first.bootstrap?.clientId);
    expect(second.bootstrap?.clientSecret).not.toBe(first.bootstrap?.clientSecret);
    expect(await visit(gateway, input.identifier, second.bootstrap?.accessToken)).toBe(input.identifier);
    await eventually(async () => {
      expect(await visit(gateway, input.identifier, first.bootstrap?.accessToken)).toBe('UNAUTHENTICATED');
    }, WITHIN_A_SECOND_MS);
    const { data } = await graphql({
      port: gateway.port,
      token: second.bootstrap?.accessToken,
      query: '{ clients { totalCount } }',
    });
    expect(data).toEqual({ clients: { totalCount: 1 } });
  });

  test('with another input: a conflict, and nothing is made or changed', async () => {
    await register(gateway, input);
    const other = fresh();
    for (const changed of [{ identifier: other }, { name: 'Twice' }, { modules: ['resources'] }]) {
      const { userErrors, tenant, bootstrap } = await register(gateway, { ...input, ...changed });
      expect(userErrors).toMatchObject([{ code: 'CONFLICT', path: ['idempotencyKey'] }]);
      expect([tenant, bootstrap]).toEqual([null, null]);
    }
    expect(await visit(gateway, other)).toBe('TENANT_NOT_FOUND');
    expect(await visit(gateway, input.identifier)).toBe(input.identifier);
  });

  test('is bound to who asks and where the tenant is to live, too', async () => {
    await register(gateway, input);
    const asOperator = await createTenant(gateway, input);
    expect(asOperator.userErrors).toMatchObject([{ code: 'CONFLICT' }]);
    const placed = { identifier: fresh(), name: 'Placed', idempotencyKey: key() };
    const first = await createTenant(gateway, placed);
    expect((await createTenant(gateway, { ...placed, placement: { mode: 'DATABASE' } })).tenant).toEqual(
      first.tenant,
    );
    const moved = await createTenant(gateway, { ...placed, placement: { mode: 'PREFIXED' } });
    expect([moved.tenant, moved.userErrors[0]?.code]).toEqual([null, 'CONFLICT']);
    expect((await register(gateway, placed)).userErrors).toMatchObject([{ code: 'CONFLICT' }]);
  });

  test('used ten times at once makes one tenant, whose last credentials work and whose others do not', async () => {
    const free = await freeNamespaces();
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => register(gateway, input)));
    const answered = outcomes.filter(({ tenant }) => tenant !== null);
    expect(outcomes.map(({ code, userErrors }) => code ?? userErrors[0]?.code ?? 'ok')).toEqual(
      outcomes.map(() => 'ok'),
    );
    expect(new Set(answered.map(({ tenant }) => tenant?.id)).size).toBe(1);
    expect(await freeNamespaces()).toBe(free - 4);
    await eventually(async () => {
      const seen = await Promise.all(
        answered.map(({ bootstrap }) => visit(gateway, input.identifier, bootstrap?.accessToken)),
      );
      expect(seen.filter((code) => code === input.identifier)).toHaveLength(1);
      expect(seen.filter((code) => code === 'UNAUTHENTICATED')).toHaveLength(9);
    }, 3_000);
  });

  test('belongs to one tenant: another with the same identifier stays outside', async () => {
    const first = await register(gateway, input);
    const other = await register(gateway, { ...input, idempotencyKey: key() });
    expect(other.userErrors).toMatchObject([{ code: 'IDENTIFIER_TAKEN' }]);
    expect(await visit(gateway, input.identifier, first.bootstrap?.accessToken)).toBe(input.identifier);
  });

  test('replayed too late names the tenant and gives no credentials', async () => {
    const first = await register(gateway, input);
    const { tenants } = gateway.app.platform.control;
    const before = new Date(Date.now() - 601_000);
    await tenants.findOneAndUpdate(
      { _id: first.tenant?.id ?? '' },
      { $set: { createdAt: before, 'provisioning.activeAt': before } },
    );
    const late = await register(gateway, input);
    expect([late.tenant, late.bootstrap, late.userErrors]).toEqual([first.tenant, null, []]);
    expect(await visit(gateway, input.identifier, first.bootstrap?.accessToken)).toBe(input.identifier);
  });
});

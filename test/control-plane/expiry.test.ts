import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { registerBoth, startGateway, type TestGateway } from '../support/gateway.ts';
import { register, visit } from '../support/platform.ts';

/** One node removes tenants nobody used; the other is asked by their owners at that very time. */
let gateway: TestGateway;
let other: TestGateway;

const tenants: { identifier: string; token: string; database: string; outcome: string }[] = [];

/** Enough for some to be gone before their owners come, and for some owners to come before. */
const TENANTS = 40;

/** What is removed goes when no request can be under way any more. */
const REQUEST_DEADLINE_MS = '4000';
const GONE_WITHIN_MS = 45_000;

const HOUR_MS = 3_600_000;

beforeAll(async () => {
  gateway = await startGateway({ REQUEST_DEADLINE_MS });
  other = await startGateway({ REQUEST_DEADLINE_MS, CONTROL_DATABASE: gateway.config.mongo.controlDatabase });
  await registerBoth(gateway);
  for (let index = 0; index < TENANTS; index += 1) {
    const identifier = `unused-${index}`;
    const { bootstrap } = await register(gateway, { identifier, name: identifier });
    // Anonymous visits are no claims, and the other node knows the tenant from now on.
    expect(await visit(other, identifier)).toBe(identifier);
    const record = await records().findOneAndUpdate(
      { identifier: identifier as never },
      { $set: { createdAt: new Date(Date.now() - 25 * HOUR_MS + index) } },
    );
    tenants.push({
      identifier,
      token: bootstrap?.accessToken ?? '',
      database: record?.placement.database ?? '',
      outcome: '',
    });
  }
});

afterAll(async () => {
  await other?.[Symbol.asyncDispose]();
  await gateway?.[Symbol.asyncDispose]();
});

function records() {
  return gateway.app.platform.control.tenants;
}

async function collectionsOf(database: string): Promise<number> {
  const { client } = gateway.app.platform.control.db;
  return (await client.db(database).listCollections({}, { nameOnly: true }).toArray()).length;
}

/** Everybody who was served has a tenant for good; everybody who was not finds nothing left of it. */
async function expectNothingInBetween(): Promise<void> {
  for (const { identifier, token, database, outcome } of tenants) {
    const record = await records().findOne({ identifier: identifier as never });
    if (outcome === identifier) {
      expect(record, identifier).toMatchObject({ status: 'ACTIVE', claimedAt: expect.any(Date) as Date });
      expect(await visit(gateway, identifier, token)).toBe(identifier);
      continue;
    }
    // The key that a token is checked with goes with its tenant; in the very moment it goes, it cannot be opened.
    expect(['TENANT_NOT_FOUND', 'UNAUTHENTICATED', 'TENANT_UNAVAILABLE'], identifier).toContain(outcome);
    expect(record, identifier).toBeNull();
    expect(await collectionsOf(database), identifier).toBe(0);
    expect(await visit(other, identifier)).toBe('TENANT_NOT_FOUND');
  }
}

test('a first request that meets the removal of its tenant is served for good or finds nothing', async () => {
  gateway.app.start();
  await eventually(async () => expect(await records().count({ status: 'FAILED' })).toBeGreaterThan(0));
  // The oldest go first, and the owners come from the other end: they meet in between.
  const coming = [...tenants];
  await Promise.all(
    Array.from({ length: 4 }, async () => {
      for (let tenant = coming.pop(); tenant !== undefined; tenant = coming.pop()) {
        tenant.outcome = await visit(other, tenant.identifier, tenant.token);
      }
    }),
  );
  await eventually(async () => {
    expect(await records().count({ isSelfRegistered: true, claimedAt: null })).toBe(0);
  }, GONE_WITHIN_MS);
  expect(tenants[0]?.outcome).not.toBe(tenants[0]?.identifier);
  expect(tenants.at(-1)?.outcome).toBe(tenants.at(-1)?.identifier);
  await expectNothingInBetween();
});

test('who was used once is never removed, nor who an operator made; of others late writes go, too', async () => {
  await records().findOneAndUpdate(
    { identifier: 'acme' as never },
    { $set: { createdAt: new Date(Date.now() - 25 * HOUR_MS) } },
  );
  const { bootstrap } = await register(gateway, { identifier: 'last', name: 'Last' });
  const last = await records().findOneAndUpdate(
    { identifier: 'last' as never },
    { $set: { createdAt: new Date(Date.now() - 25 * HOUR_MS) } },
  );
  const database = last?.placement.database ?? '';
  // Another node looks for the first time.
  other.app.start();
  await eventually(async () => expect(await visit(gateway, 'last')).toBe('TENANT_NOT_FOUND'), 20_000);
  expect(await visit(other, 'last', bootstrap?.accessToken)).not.toBe('last');
  // A visit was under way on a node that had not heard of it, and writes.
  const { client } = gateway.app.platform.control.db;
  await client.db(database).collection('sts_artifacts').insertOne({ isLate: true });
  await eventually(
    async () => expect(await records().findOne({ identifier: 'last' as never })).toBeNull(),
    GONE_WITHIN_MS,
  );
  expect(await collectionsOf(database)).toBe(0);
  const again = await register(gateway, { identifier: 'last', name: 'Last' });
  expect(again.bootstrap?.accessToken).toBeDefined();
  await expectNothingInBetween();
  for (const neighbour of ['acme', 'globex']) expect(await visit(other, neighbour)).toBe(neighbour);
});

test('who is refused has used nothing: a well-signed token of a client that is not there keeps no tenant', async () => {
  await register(gateway, { identifier: 'ghost', name: 'ghost' });
  const record = (await records().findOne({ identifier: 'ghost' as never }))!;
  const { token } = await gateway.app.tokens.forTenant(record, {
    subject: 'nobody',
    clientId: 'nobody',
    scopes: ['tenant:read'],
    lifetimeMs: 600_000,
  });
  expect(await visit(gateway, 'ghost', token)).toBe('UNAUTHENTICATED');
  expect(await records().findOne({ _id: record._id })).toMatchObject({ claimedAt: null });
});

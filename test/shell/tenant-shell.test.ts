import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Abort } from '../../src/lib/abort.ts';
import { ANONYMOUS } from '../../src/auth/principal.ts';
import { tenantOf } from '../../src/control-plane/tenant-record.ts';
import { clientModel } from '../../src/modules/clients/client.ts';
import { createLogger } from '../../src/observability/logger.ts';
import { openScope, type Scope } from '../../src/shell/scope.ts';
import type { Tenant } from '../../src/tenancy/tenant.ts';
import { eventually } from '../support/eventually.ts';
import { registerBoth, registerTenant, startGateway, type TestGateway } from '../support/gateway.ts';
import { operate, visit } from '../support/platform.ts';
import { graphql, send } from '../support/request.ts';

let gateway: TestGateway;
let tenants: Awaited<ReturnType<typeof registerBoth>>;

beforeAll(async () => {
  gateway = await startGateway({ SHELL_CAPACITY: '3' });
  tenants = await registerBoth(gateway);
});

afterAll(() => gateway[Symbol.asyncDispose]());

function scopeOf(tenant: Tenant, lease = gateway.app.shells.lease(tenant)): Promise<Scope> {
  return openScope(lease, {
    tenant,
    principal: ANONYMOUS,
    rows: 'ALL',
    abort: new Abort(),
    log: createLogger('silent'),
    registration: gateway.app.bindRegistration,
    platform: gateway.app.platformOfTenants,
  });
}

test('a tenant that is suspended while it is being served: what runs may finish, nothing new gets in', async () => {
  const { record } = tenants.acme;
  const scope = await scopeOf(tenantOf(record));
  const { codes } = await operate(gateway, 'suspendTenant', { id: record._id });
  expect(codes).toEqual([]);
  expect(scope.signal.aborted).toBe(false);
  expect(await scope.model(clientModel).count({})).toBe(1);
  const token = await tenants.acme.token();
  expect(await visit(gateway, 'acme')).toBe('TENANT_NOT_FOUND');
  expect(await visit(gateway, 'acme', token)).toBe('TENANT_SUSPENDED');
  expect(await visit(gateway, 'globex')).toBe('globex');
  expect(gateway.app.shells.drainingCount).toBe(1);
  scope.release();
  await eventually(() => expect(gateway.app.shells.drainingCount).toBe(0));
  await operate(gateway, 'resumeTenant', { id: record._id });
  expect(await visit(gateway, 'acme', token)).toBe('acme');
});

test('a moved tenant: whoever still works at the old place is stopped there, and cannot begin anew', async () => {
  const { record } = await registerTenant(gateway, 'moving');
  const before = tenantOf(record);
  const after = { ...before, placement: { ...before.placement, epoch: 2 } };
  const scope = await scopeOf(before);
  const unused = gateway.app.shells.lease(before);
  const moved = gateway.app.shells.lease(after);
  moved.value.catch(() => undefined);
  await expect(scope.model(clientModel).find({})).rejects.toMatchObject({ code: 'TENANT_UNAVAILABLE' });
  await expect(
    scope
      .model(clientModel)
      .findOneAndUpdate({ _id: { $ne: '' } }, { $set: { name: 'written by the old lease' } }),
  ).rejects.toMatchObject({ code: 'TENANT_UNAVAILABLE', retryAfterMs: expect.any(Number) });
  await expect(scopeOf(before, unused)).rejects.toMatchObject({ code: 'TENANT_UNAVAILABLE' });
  const { db } = gateway.app.platform.control;
  const stored = await db.client.db(before.placement.database).collection('clients').find({}).toArray();
  expect(stored.map(({ name }) => name as string)).toEqual(['Administrator']);
  scope.release();
  moved.release();
});

test('deleting a tenant does not wait for what runs in it, and nothing brings its data back to life', async () => {
  const { record, token } = await registerTenant(gateway, 'short-lived');
  const bearer = await token();
  const { control } = gateway.app.platform;
  const writers = Array.from({ length: 8 }, async () => {
    for (let count = 0; count < 40; count += 1) {
      const reply = await graphql({
        port: gateway.port,
        path: '/t/short-lived/graphql',
        token: bearer,
        query: `mutation { createResource(input: { name: "r", audience: "https://r${Math.random()}.example" }) { userErrors { code } } }`,
      });
      if (reply.errors !== undefined) return reply.errors[0]?.extensions.code;
    }
    return 'never refused';
  });
  await sleep(100);
  const { payload, codes } = await operate(
    gateway,
    'deleteTenant',
    { id: record._id },
    'tenant { status } userErrors { code }',
  );
  expect(codes).toEqual([]);
  expect(payload).toMatchObject({ tenant: { status: 'DELETED' } });
  for (const code of await Promise.all(writers)) {
    expect(['TENANT_UNAVAILABLE', 'TENANT_NOT_FOUND', 'UNAUTHENTICATED']).toContain(code);
  }
  const { databases } = await control.db.admin().listDatabases({ nameOnly: true });
  expect(databases.map(({ name }) => name)).not.toContain(record.placement.database);
});

test('a flood of unknown tenants costs one look-up each, bounded memory and no shell', async () => {
  const { shells, directory, platform } = gateway.app;
  const find = platform.control.tenants.findOne.bind(platform.control.tenants);
  let lookups = 0;
  platform.control.tenants.findOne = (filter) => {
    lookups += 1;
    return find(filter);
  };
  try {
    const known = directory.knownCount;
    const open = shells.size;
    const statuses = new Set<number>();
    for (let round = 0; round < 10; round += 1) {
      const replies = await Promise.all(
        Array.from({ length: 100 }, (_unused, index) =>
          send({
            port: gateway.port,
            path: index % 2 === 0 ? `/t/nobody-${index}/graphql` : '/graphql',
            headers: {
              'content-type': 'application/json',
              host: index % 2 === 0 ? 'gateway.test' : `nobody-${index}.gateway.test`,
            },
            body: '{"query":"{ tenant { name } }"}',
          }),
        ),
      );
      for (const { status } of replies) statuses.add(status);
    }
    expect([...statuses]).toEqual([404]);
    expect(lookups).toBeGreaterThan(0);
    // Of 1,000 requests; an entry of the negative cache may run out in between.
    expect(lookups).toBeLessThanOrEqual(300);
    expect([directory.knownCount, shells.size]).toEqual([known, open]);
  } finally {
    platform.control.tenants.findOne = find;
  }
});

test('serves more tenants than it keeps open, each its own', async () => {
  const names = ['umbrella', 'hooli', 'vandelay', 'stark', 'wayne'];
  for (const name of names) await registerTenant(gateway, name);
  const visits = Array.from({ length: 100 }, (_unused, index) => names[index % names.length] ?? '');
  expect(await Promise.all(visits.map((name) => visit(gateway, name)))).toEqual(visits);
  await eventually(() => expect(gateway.app.shells.size).toBeLessThanOrEqual(3));
});

test('a tenant whose opening fails is served as soon as its database answers as it should', async () => {
  const { record } = await registerTenant(gateway, 'unlucky');
  const stamps = gateway.app.platform.control.db.client
    .db(record.placement.database)
    .collection<{ _id: string; epoch: number }>('_tenant');
  await stamps.updateOne({ _id: 'stamp' }, { $set: { epoch: 7 } });
  expect(await visit(gateway, 'unlucky')).toBe('TENANT_UNAVAILABLE');
  await stamps.updateOne({ _id: 'stamp' }, { $set: { epoch: 1 } });
  expect(await visit(gateway, 'unlucky')).toBe('unlucky');
});

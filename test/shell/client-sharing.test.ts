import { expect, test } from 'vitest';
import { createClientPool } from '../../src/mongo/client-pool.ts';
import { DedicatedBudget } from '../../src/mongo/dedicated-budget.ts';
import { eventually } from '../support/eventually.ts';
import { registerBoth, startGateway } from '../support/gateway.ts';
import { openMongoProxy } from '../support/mongo-proxy.ts';
import { createTenant, visit } from '../support/platform.ts';

const POOL_SIZE = 4;

/** For pools where every client is that of a cluster. */
const noneOfTheirOwn = new DedicatedBudget({
  connections: 1,
  poolSize: 1,
  closeIdle: () => undefined,
  onNear: () => undefined,
});

/** The driver's own beside the pool: two to watch the server and one of a change stream. */
const OVERHEAD = 3;

test('sixty tenants on one cluster share one client and its connections', async () => {
  await using proxy = await openMongoProxy();
  await using gateway = await startGateway({ POOL_SIZE: String(POOL_SIZE) });
  await registerBoth(gateway);
  const clientsBefore = gateway.app.clients.size;
  await gateway.app.platform.clusters.add({ name: 'shared', connectionString: proxy.uri, budget: 10_000 });
  const names = Array.from({ length: 60 }, (_unused, index) => `tenant-${index}`);
  for (let done = 0; done < names.length; done += 10) {
    await Promise.all(
      names.slice(done, done + 10).map(async (name) => {
        const { tenant, code } = await createTenant(gateway, {
          identifier: name,
          name,
          placement: { mode: 'DATABASE', cluster: 'shared' },
        });
        expect([tenant?.status, code]).toEqual(['ACTIVE', undefined]);
      }),
    );
  }
  // All of them at once, several times over.
  for (let round = 0; round < 3; round += 1) {
    expect(await Promise.all(names.map((name) => visit(gateway, name)))).toEqual(names);
  }
  expect(await visit(gateway, 'acme')).toBe('acme');
  expect(gateway.app.shells.size).toBeGreaterThanOrEqual(60);
  expect(gateway.app.clients.size).toBe(clientsBefore + 1);
  expect(proxy.peakCount).toBeGreaterThan(0);
  expect(proxy.peakCount).toBeLessThanOrEqual(POOL_SIZE + OVERHEAD);
});

test('a tenant with a deployment of its own has its own client, which closes with the gateway', async () => {
  await using acmeProxy = await openMongoProxy();
  await using globexProxy = await openMongoProxy();
  {
    await using gateway = await startGateway();
    const clientsBefore = gateway.app.clients.size;
    for (const [identifier, { uri }] of [
      ['acme', acmeProxy],
      ['globex', globexProxy],
    ] as const) {
      const { tenant, userErrors } = await createTenant(gateway, {
        identifier,
        name: identifier,
        placement: { mode: 'DEDICATED', connectionString: uri },
      });
      expect([tenant?.status, userErrors]).toEqual(['ACTIVE', []]);
      expect(await visit(gateway, identifier)).toBe(identifier);
    }
    expect(gateway.app.clients.size).toBe(clientsBefore + 2);
    expect([acmeProxy.openCount > 0, globexProxy.openCount > 0]).toEqual([true, true]);
  }
  await eventually(() => expect([acmeProxy.openCount, globexProxy.openCount]).toEqual([0, 0]));
});

test('closes the client that was idle longest when more are idle than may be, and never one in use', async () => {
  await using acme = await openMongoProxy();
  await using globex = await openMongoProxy();
  await using initech = await openMongoProxy();
  await using clients = createClientPool({
    poolSizeOf: () => 2,
    dedicated: noneOfTheirOwn,
    idleClients: 1,
    watched: [],
    onCloseError: () => undefined,
    circuits: { onOpen: () => undefined, onClose: () => undefined },
  });
  const held = clients.lease(acme.uri);
  const twin = clients.lease(acme.uri);
  expect(await held.value).toBe(await twin.value);
  twin.release();
  for (const { uri } of [globex, initech]) {
    const lease = clients.lease(uri);
    await (await lease.value).client.db('admin').command({ ping: 1 });
    lease.release();
  }
  await eventually(() => expect([globex.openCount, initech.openCount]).toEqual([0, 0]));
  await (await held.value).client.db('admin').command({ ping: 1 });
  expect(acme.openCount).toBeGreaterThan(0);
  held.release();
});

test('a server that was away for the first caller is reached by a later one', async () => {
  await using proxy = await openMongoProxy();
  await using clients = createClientPool({
    poolSizeOf: () => 2,
    dedicated: noneOfTheirOwn,
    idleClients: 1,
    watched: [],
    onCloseError: () => undefined,
    circuits: { onOpen: () => undefined, onClose: () => undefined },
  });
  proxy.block();
  const failing = clients.lease(proxy.uri);
  await expect(failing.value).rejects.toThrow();
  failing.release();
  proxy.unblock();
  // For a second nobody tries: callers of a cluster that is away are refused at once.
  await eventually(async () => {
    const lease = clients.lease(proxy.uri);
    try {
      expect(await (await lease.value).client.db('admin').command({ ping: 1 })).toMatchObject({ ok: 1 });
    } finally {
      lease.release();
    }
  });
});

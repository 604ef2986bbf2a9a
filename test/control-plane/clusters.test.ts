import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConnectionShares } from '../../src/control-plane/connection-shares.ts';
import { eventually } from '../support/eventually.ts';
import {
  addSecondCluster,
  registerBoth,
  registerTenant,
  SECOND,
  startGateway,
  type TestGateway,
} from '../support/gateway.ts';
import { openMongoProxy, type MongoProxy } from '../support/mongo-proxy.ts';
import { secondMongodbUri } from '../support/mongodb-uri.ts';
import { createTenant, operate, operatorToken, platform, visit } from '../support/platform.ts';

let gateway: TestGateway;
let proxy: MongoProxy;
let toDefault: MongoProxy;

beforeAll(async () => {
  gateway = await startGateway();
  proxy = await openMongoProxy('', secondMongodbUri());
  toDefault = await openMongoProxy();
  await registerBoth(gateway);
  await addSecondCluster(gateway);
});

afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await toDefault[Symbol.asyncDispose]();
  await proxy[Symbol.asyncDispose]();
});

interface View {
  name: string;
  budget: number;
  used: number;
  connectionBudget: number;
  connections: number;
  openConnections: number | null;
  isHealthy: boolean;
  tenants: number;
}

async function view(name: string): Promise<View> {
  const source =
    '{ clusters { name budget used connectionBudget connections openConnections isHealthy tenants } }';
  const { data } = await platform(gateway, source, {}, await operatorToken(gateway));
  const found = (data as { clusters: View[] }).clusters.find((cluster) => cluster.name === name);
  if (found === undefined) throw new Error(`no cluster ${name}`);
  return found;
}

test('a cluster shows its tenants, its use and its health', async () => {
  const umbrella = await registerTenant(gateway, 'umbrella', {}, { mode: 'DATABASE', cluster: SECOND });
  expect(umbrella.record.placement.cluster).toBe(SECOND);
  expect(await visit(gateway, 'umbrella', await umbrella.token())).toBe('umbrella');
  expect(await view(SECOND)).toMatchObject({
    used: 4,
    tenants: 1,
    isHealthy: true,
    connectionBudget: 1000,
    connections: 50,
  });
  expect(await view('default')).toMatchObject({ tenants: 2, isHealthy: true, connections: 50 });
  expect((await view(SECOND)).openConnections).toBeGreaterThan(0);
});

test('no deployment is two clusters, by whichever road it is reached', async () => {
  for (const [connectionString, cluster] of [
    [proxy.uri, SECOND],
    [secondMongodbUri(), SECOND],
    [toDefault.uri, 'default'],
  ]) {
    const added = { name: 'twin', connectionString, budget: 100 };
    const { payload } = await operate(gateway, 'addCluster', added);
    expect(payload['userErrors']).toEqual([
      {
        ...{ code: 'INVALID', path: ['connectionString'] },
        message: `leads to the deployment of the cluster ${cluster}`,
      },
    ]);
  }
});

describe('connections', () => {
  test('of all processes together stay within the budget, and come back when one stops', async () => {
    const { control } = gateway.app.platform;
    const added = { name: 'narrow', connectionString: secondMongodbUri(), budget: 100, connectionBudget: 25 };
    await gateway.app.platform.clusters.add(added);
    const alerts: object[] = [];
    const onNear = (use: object) => void alerts.push(use);
    const newNode = () => new ConnectionShares({ control, poolSize: 10, onNear });
    const nodes = Array.from({ length: 4 }, newNode);
    const sizes = await Promise.all(nodes.map((node) => node.take('narrow')));
    expect(sizes.sort((one, other) => one - other)).toEqual([0, 5, 10, 10]);
    expect((await view('narrow')).connections).toBe(25);
    // Told by the one whose share crossed four fifths.
    expect(alerts).toEqual([{ cluster: 'narrow', used: expect.any(Number) as number, budget: 25 }]);
    const placed = await createTenant(gateway, {
      identifier: 'no-connections',
      name: 'N',
      placement: { mode: 'DATABASE', cluster: 'narrow' },
    });
    expect([placed.code, placed.reply.status]).toEqual(['CAPACITY_EXHAUSTED', 503]);
    expect((await view('narrow')).used).toBe(0);
    for (const node of nodes) await node[Symbol.asyncDispose]();
    expect(await newNode().take('narrow')).toBe(10);
    expect(alerts).toHaveLength(1);
    const told = () => gateway.logs.filter(({ event }) => event === 'connections_near_budget');
    for (const connectionBudget of [20, 12, 11, 100])
      await operate(gateway, 'updateCluster', { name: 'narrow', connectionBudget });
    expect(told()).toMatchObject([{ cluster: 'narrow', used: 10, budget: 12 }]);
  });
});

describe('a miscount', () => {
  test('is corrected from what is really there, once it is quiet', async () => {
    const { control } = gateway.app.platform;
    const before = (await view(SECOND)).used;
    const longAgo = new Date(0);
    // What a process leaves behind that is killed between reserving and inserting.
    await control.clusters.findOneAndUpdate(
      { _id: SECOND },
      { $inc: { free: -4 }, $set: { recountedAt: longAgo, reservedAt: longAgo } },
    );
    expect((await view(SECOND)).used).toBe(before + 4);
    gateway.app.start();
    await expect.poll(async () => (await view(SECOND)).used, { timeout: 10_000 }).toBe(before);
    expect(gateway.logs.filter(({ event }) => event === 'cluster_recounted')).toHaveLength(1);
    const metrics = await gateway.app.metrics.registry.metrics();
    expect(metrics).toContain(`gateway_cluster_namespaces_used{cluster="${SECOND}"} `);
    expect(metrics).toContain(`gateway_cluster_healthy{cluster="${SECOND}"} 1`);
  });
});

describe('a cluster that does not answer', () => {
  test('takes no tenant, and takes them again when it is back', async () => {
    await gateway.app.platform.clusters.add({ name: 'shaky', connectionString: proxy.uri, budget: 1_000 });
    await operate(gateway, 'updateCluster', { name: 'default', isOpen: false });
    const on = (identifier: string) =>
      createTenant(gateway, { identifier, name: 'S', placement: { mode: 'DATABASE', cluster: 'shaky' } });
    expect((await on('shaky-one')).tenant?.status).toBe('ACTIVE');
    proxy.block();
    // Before anybody has noticed: what is written down by then is said, and carried on later.
    const lost = await on('shaky-lost');
    expect([lost.code, lost.reply.errors?.[0]?.message]).toEqual([
      'TENANT_UNAVAILABLE',
      expect.stringMatching(/^The cluster shaky does not answer\. .*`token shaky-lost`/) as string,
    ]);
    await expect.poll(() => gateway.app.platform.monitor.unhealthy(), { timeout: 15_000 }).toEqual(['shaky']);
    expect((await view('shaky')).isHealthy).toBe(false);
    const refused = await on('shaky-two');
    expect([refused.code, refused.reply.errors?.[0]?.message]).toEqual([
      ...['CAPACITY_EXHAUSTED', 'The cluster shaky cannot take another tenant: it does not answer.'],
    ]);
    const elsewhere = await registerTenant(gateway, 'placed-elsewhere');
    expect(elsewhere.record.placement.cluster).not.toBe('shaky');
    expect(await visit(gateway, 'acme')).toBe('acme');
    proxy.unblock();
    await expect.poll(() => gateway.app.platform.monitor.unhealthy(), { timeout: 15_000 }).toEqual([]);
    expect((await on('shaky-three')).tenant?.status).toBe('ACTIVE');
    await eventually(async () => expect(await visit(gateway, 'shaky-lost')).toBe('shaky-lost'), 60_000);
  }, 120_000);
});

import { setTimeout as sleep } from 'node:timers/promises';
import type { mongo } from 'mongoose';
import type { Bench, BenchContext } from '../bench.ts';
import type { FleetTenant } from '../fleet.ts';
import { type BenchGateway, startGateway } from '../gateway.ts';
import { spreadOf } from '../spread.ts';

/** One in so many tenants holds what its migration cannot bear. */
const FAILING_EVERY = 100;

/** Between two looks at the run, in milliseconds; each also visits a tenant. */
const LOOK_MS = 50;

/** All tenants migrated in one run, while they are served: who is done, and who is named. */
export const fleetMigration: Bench = { name: 'fleet-migration', run };

interface Run {
  id: string;
  state: string;
  migrated: number;
  current: number;
  failed: { identifier: string }[];
}

async function run({ server, fleet, say }: BenchContext) {
  const tenants = await fleet();
  const failing = tenants.filter((_tenant, index) => index % FAILING_EVERY === FAILING_EVERY - 1);
  const client = await server.connect();
  try {
    const [first] = tenants;
    if (first === undefined) throw new Error('there is no fleet');
    const whole = await ledgerLength(client, first);
    for (const { database } of tenants) {
      await client
        .db(database)
        .collection('_tenant')
        .updateOne({}, { $set: { migrations: [] } });
    }
    for (const { database } of failing) {
      const twice = ['a', 'b'].map((id) => ({ _id: id as never, audience: 'https://twice.example' }));
      await client.db(database).collection('resources').insertMany(twice);
    }
    await using gateway = await startGateway(server, say);
    const token = await gateway.call('operatorToken');
    const { seconds, ended, unserved } = await migrate(gateway, token, tenants);
    const named = failing.filter(({ identifier }) =>
      ended.failed.some((one) => one.identifier === identifier),
    );
    // The databases themselves are asked, rather than the run that is being judged.
    const complete = await countWhole(client, tenants, whole);
    for (const { database } of failing) await client.db(database).dropCollection('resources');
    // What other benches find is as it was.
    await migrate(gateway, token, tenants);
    return [
      figure('tenants with a whole ledger', complete, 'at least', tenants.length - failing.length),
      { name: 'of these by the run', unit: '', value: spreadOf([ended.migrated]) },
      {
        name: 'of these behind the shell of a visit, before their turn',
        unit: '',
        value: spreadOf([ended.current]),
      },
      figure('failing tenants named', named.length, 'at least', failing.length),
      figure('visits not served meanwhile', unserved, 'at most', 0),
      { name: 'the whole run', unit: 's', value: spreadOf([seconds]) },
      { name: 'a tenant', unit: 'ms', value: spreadOf([(seconds * 1_000) / tenants.length]) },
    ];
  } finally {
    await client.close();
  }
}

async function ledgerLength(client: mongo.MongoClient, { database }: FleetTenant): Promise<number> {
  const stamp = await client.db(database).collection('_tenant').findOne({});
  return (stamp?.['migrations'] as unknown[]).length;
}

/** Tenants whose ledger is as long again as it was before it was emptied. */
async function countWhole(
  client: mongo.MongoClient,
  tenants: readonly FleetTenant[],
  whole: number,
): Promise<number> {
  let count = 0;
  for (const tenant of tenants) if ((await ledgerLength(client, tenant)) === whole) count += 1;
  return count;
}

function figure(name: string, value: number, is: 'at most' | 'at least', limit: number) {
  return { name, unit: '', value: spreadOf([value]), target: { is, limit } };
}

const FIELDS = '{ id state migrated current failed { identifier } }';

async function migrate(gateway: BenchGateway, token: string, tenants: readonly FleetTenant[]) {
  const startedAt = performance.now();
  const start = `mutation { migrateTenants(input: { parallelism: 8, retryFailed: true }) { fleetMigration ${FIELDS} } }`;
  const started = await ask<{ migrateTenants: { fleetMigration: Run } }>(
    gateway,
    '/platform/graphql',
    start,
    token,
  );
  let current = started.migrateTenants.fleetMigration;
  let unserved = 0;
  for (let turn = 0; current.state === 'RUNNING'; turn += 1) {
    await sleep(LOOK_MS);
    const { identifier } = tenants[(turn * 7) % tenants.length] ?? {};
    const visit = await ask<{ tenant?: object } | null>(
      gateway,
      `/t/${identifier}/graphql`,
      '{ tenant { name } }',
    );
    if (visit?.tenant === undefined) unserved += 1;
    const look = `{ fleetMigration(id: "${current.id}") ${FIELDS} }`;
    current = (await ask<{ fleetMigration: Run }>(gateway, '/platform/graphql', look, token)).fleetMigration;
  }
  return { seconds: (performance.now() - startedAt) / 1_000, ended: current, unserved };
}

async function ask<T>({ port }: BenchGateway, path: string, query: string, token?: string): Promise<T> {
  const reply = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ query }),
  });
  return ((await reply.json()) as { data: T }).data;
}

import { randomUUID } from 'node:crypto';
import { encodeGlobalId } from '../../src/graphql/global-id.ts';
import type { Bench, BenchContext } from '../bench.ts';
import { byIdQuery } from '../by-id-query.ts';
import { startProcess } from '../calls.ts';
import type { FleetTenant } from '../fleet.ts';
import type { FloodCalls } from '../flood.child.ts';
import { type BenchGateway, startGateway } from '../gateway.ts';
import type { CheckedRequest } from '../http-load.ts';
import { latencies } from '../latencies.ts';
import type { BenchServer } from '../server.ts';
import { quantile, spreadOf } from '../spread.ts';

const FLOOD_CONNECTIONS = 128;

/** Of the light tenant. */
const CONNECTIONS = 2;

const PAGE = 100;

const QUERY = `query List { clients(first: ${PAGE}) { nodes { id clientId name } } }`;

/**
 * What one tenant's flood of list queries does to another's requests: its 99th percentile under the flood over the one
 * when it is alone, with the fair queue and without, in turns.
 */
export const fairness: Bench = { name: 'fairness', run };

interface Round {
  aloneMs: number;
  floodedMs: number;
  /** Share of the light tenant's replies that were right, in percent. */
  right: number;
  floodPerSecond: number;
  floodRight: number;
}

async function run({ server, effort, fleet, say }: BenchContext) {
  const [heavy, light] = await fleet();
  if (heavy === undefined || light === undefined) throw new Error('the fleet is too small');
  const flood = await listQuery(server, heavy);
  await using flooder = await startProcess<FloodCalls>(
    new URL('../flood.child.ts', import.meta.url),
    {},
    say,
  );
  await using fair = await startGateway(server, say);
  await using unfair = await startGateway(server, say, { FAIR_QUEUE: 'off' });

  const measure = async ({ port }: BenchGateway): Promise<Round> => {
    const request = byIdQuery(light);
    const alone = await latencies(port, request, { connections: CONNECTIONS, ms: effort.loadMs });
    const load = { connections: FLOOD_CONNECTIONS, ms: effort.loadMs + 500 };
    const flooded = flooder.call('flood', port, flood, load);
    await new Promise((resolve) => setTimeout(resolve, 250));
    const under = await latencies(port, request, { connections: CONNECTIONS, ms: effort.loadMs });
    const { answered, wrong } = await flooded;
    const sent = alone.times.length + under.times.length;
    return {
      aloneMs: quantile(alone.times, 0.99),
      floodedMs: quantile(under.times, 0.99),
      right: (100 * (sent - alone.wrong - under.wrong)) / sent,
      floodPerSecond: answered / (load.ms / 1_000),
      floodRight: (100 * (answered - wrong)) / answered,
    };
  };

  const rounds: { fair: Round; unfair: Round }[] = [];
  await measure(fair);
  await measure(unfair);
  for (let round = 1; round <= effort.rounds; round += 1) {
    const figures = { fair: await measure(fair), unfair: await measure(unfair) };
    rounds.push(figures);
    const told = ({ aloneMs, floodedMs, floodPerSecond }: Round) =>
      `p99 ${aloneMs.toFixed(1)} ms alone, ${floodedMs.toFixed(1)} ms flooded by ${floodPerSecond.toFixed(0)} per second`;
    say(`round ${round}: with the queue ${told(figures.fair)}; without ${told(figures.unfair)}`);
  }
  const over = (figure: (round: (typeof rounds)[number]) => number) => spreadOf(rounds.map(figure));
  return [
    { name: 'p99 alone', unit: 'ms', value: over(({ fair: { aloneMs } }) => aloneMs) },
    { name: 'p99 under a flood', unit: 'ms', value: over(({ fair: { floodedMs } }) => floodedMs) },
    {
      name: 'under a flood / alone',
      unit: 'x',
      value: over(({ fair }) => fair.floodedMs / fair.aloneMs),
      target: { is: 'at most' as const, limit: 3 },
    },
    {
      name: 'right replies',
      unit: '%',
      value: over(({ fair }) => fair.right),
      target: { is: 'at least' as const, limit: 100 },
    },
    { name: 'right replies of the flood', unit: '%', value: over(({ fair }) => fair.floodRight) },
    { name: 'flood', unit: '/s', value: over(({ fair }) => fair.floodPerSecond) },
    {
      name: 'without the queue: under a flood / alone',
      unit: 'x',
      value: over(({ unfair }) => unfair.floodedMs / unfair.aloneMs),
    },
    { name: 'without the queue: flood', unit: '/s', value: over(({ unfair }) => unfair.floodPerSecond) },
  ];
}

/** Gives a tenant a page of clients more, and asks for the first page of them. */
async function listQuery(server: BenchServer, tenant: FleetTenant): Promise<CheckedRequest> {
  const client = await server.connect();
  try {
    const clients = client.db(tenant.database).collection<{ _id: string; name: string }>('clients');
    const model = await clients.findOne({ _id: tenant.clientId });
    if (model === null) throw new Error(`${tenant.identifier} has no client`);
    await clients.insertMany(
      Array.from({ length: PAGE }, (_, index) => ({ ...model, _id: randomUUID(), name: `Client ${index}` })),
    );
    const page = await clients.find({}).sort({ _id: 1 }).limit(PAGE).toArray();
    const nodes = page.map(({ _id, name }) => ({ id: encodeGlobalId('Client', _id), clientId: _id, name }));
    return {
      ...byIdQuery(tenant),
      body: JSON.stringify({ query: QUERY }),
      expectedBody: JSON.stringify({ data: { clients: { nodes } } }),
    };
  } finally {
    await client.close();
  }
}

import type { mongo } from 'mongoose';
import type { Bench, BenchContext } from '../bench.ts';
import { byIdQuery } from '../by-id-query.ts';
import { driverLoad } from '../driver-load.ts';
import type { Fleet } from '../fleet.ts';
import { type BenchGateway, startGateway } from '../gateway.ts';
import { httpLoad } from '../http-load.ts';
import { sendOnce } from '../send-once.ts';
import { spreadOf } from '../spread.ts';

/** Callers at once, of either contender. */
const CALLERS = 32;

/** Turns a contender has in a round. Short turns by turns: a busy machine slows all four alike. */
const SLICES = 4;

interface Slice {
  isMany: boolean;
  perSecond: number;
  cpuMicros: number;
  /** Reads of the bare driver per second. */
  bare: number;
}

/**
 * What many tenants cost: one object by id out of every tenant's database in turn, against the same out of one, by
 * the gateway and by the bare driver. The load comes from this process; the gateway has its own.
 */
export const throughput: Bench = { name: 'throughput', run };

async function run({ server, effort, fleet, say }: BenchContext) {
  const many = await fleet();
  const one = many.slice(0, 1);
  const sliceMs = effort.loadMs / SLICES;
  await using gateway = await startGateway(server, say);
  const client = await server.connect({ maxPoolSize: 50 });
  try {
    await sendOnce(gateway.port, many.map(byIdQuery));
    // Both warm up: code compiled, connections open, the server's files open.
    for (const tenants of [one, many]) {
      await gatewayLoad(gateway, tenants, effort.loadMs);
      await bareLoad(client, tenants, effort.loadMs);
    }
    const rounds: Round[] = [];
    for (let round = 1; round <= effort.rounds; round += 1) {
      const slices: Slice[] = [];
      for (let count = 0; count < SLICES; count += 1) {
        // Every other slice the other way about, so that a drift of the machine favours nobody.
        const order = count % 2 === 0 ? [one, many] : [many, one];
        for (const tenants of order) {
          const ours = await gatewayLoad(gateway, tenants, sliceMs);
          const bare = await bareLoad(client, tenants, sliceMs);
          slices.push({ isMany: tenants === many, ...ours, bare });
        }
      }
      const figures: Round = { one: ofSlices(slices, false), many: ofSlices(slices, true) };
      rounds.push(figures);
      say(
        `round ${round}: gateway ${figures.many.perSecond.toFixed(0)} / ${figures.one.perSecond.toFixed(0)} per second, ` +
          `bare driver ${figures.many.bare.toFixed(0)} / ${figures.one.bare.toFixed(0)}`,
      );
    }
    const over = (figure: (round: Round) => number) => spreadOf(rounds.map(figure));
    return [
      { name: 'gateway, 1 tenant', unit: '/s', value: over(({ one }) => one.perSecond) },
      { name: `gateway, ${many.length} tenants`, unit: '/s', value: over(({ many }) => many.perSecond) },
      { name: 'bare driver, 1 database', unit: '/s', value: over(({ one }) => one.bare) },
      { name: `bare driver, ${many.length} databases`, unit: '/s', value: over(({ many }) => many.bare) },
      {
        name: `gateway, ${many.length} tenants / 1`,
        unit: 'x',
        value: over(({ one, many }) => many.perSecond / one.perSecond),
      },
      {
        name: `bare driver, ${many.length} databases / 1`,
        unit: 'x',
        value: over(({ one, many }) => many.bare / one.bare),
      },
      {
        name: 'the first ratio / the second',
        unit: 'x',
        value: over(({ one, many }) => many.perSecond / one.perSecond / (many.bare / one.bare)),
        target: { is: 'at least' as const, limit: 0.9 },
      },
      {
        name: "gateway's processor time a request, 1 tenant",
        unit: 'us',
        value: over(({ one }) => one.cpuMicros),
      },
      {
        name: `gateway's processor time a request, ${many.length} tenants`,
        unit: 'us',
        value: over(({ many }) => many.cpuMicros),
      },
    ];
  } finally {
    await client.close();
  }
}

interface Round {
  one: Omit<Slice, 'isMany'>;
  many: Omit<Slice, 'isMany'>;
}

function ofSlices(all: readonly Slice[], isMany: boolean): Omit<Slice, 'isMany'> {
  const slices = all.filter((slice) => slice.isMany === isMany);
  const mean = (of: (slice: Slice) => number) =>
    slices.reduce((sum, slice) => sum + of(slice), 0) / slices.length;
  return {
    perSecond: mean((slice) => slice.perSecond),
    cpuMicros: mean((slice) => slice.cpuMicros),
    bare: mean((slice) => slice.bare),
  };
}

async function gatewayLoad(gateway: BenchGateway, tenants: Fleet, ms: number) {
  const before = await gateway.call('cpuMicros');
  const { perSecond, replies } = await httpLoad(gateway.port, tenants.map(byIdQuery), {
    connections: CALLERS,
    ms,
  });
  return { perSecond, cpuMicros: ((await gateway.call('cpuMicros')) - before) / replies };
}

function bareLoad(client: mongo.MongoClient, tenants: Fleet, ms: number): Promise<number> {
  return driverLoad(client, tenants, { callers: CALLERS, ms });
}

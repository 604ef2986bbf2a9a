import type { Bench, BenchContext } from '../bench.ts';
import { byIdQuery } from '../by-id-query.ts';
import { copyRecords } from '../copy-records.ts';
import type { FleetTenant } from '../fleet.ts';
import { startGateway } from '../gateway.ts';
import { sendOnce } from '../send-once.ts';
import { spreadOf } from '../spread.ts';

const KIB = 1_024;

/** Tenants served before anything is counted, so that what the code needs once is there. */
const WARM_UPS = 30;

/** Queries to each of those. */
const WARM_UP_QUERIES = 20;

/** Further queries to each warm tenant, which must leave nothing behind. */
const FURTHER_QUERIES = 5;

/** What a tenant costs the gateway's heap: while it is only known, and once it was served. */
export const heap: Bench = { name: 'heap', run };

async function run(context: BenchContext) {
  const known = await knownBytes(context);
  const warm = await warmBytes(context);
  return [
    {
      name: 'heap per known idle tenant',
      unit: 'KiB',
      value: spreadOf(known.map((bytes) => bytes / KIB)),
      target: { is: 'at most' as const, limit: 1 },
    },
    {
      name: 'heap per warm tenant, its record included',
      unit: 'KiB',
      value: spreadOf(warm.map(({ served }) => served / KIB)),
      target: { is: 'at most' as const, limit: 12 },
    },
    {
      name: 'heap left by a further query',
      unit: 'B',
      value: spreadOf(warm.map(({ further }) => further)),
    },
  ];
}

async function knownBytes({ server, effort, fleet, say }: BenchContext): Promise<number[]> {
  const { knownTenants: count, rounds } = effort;
  const [first] = await fleet();
  const client = await server.connect();
  try {
    if (first === undefined) throw new Error('no tenants');
    const copies = await copyRecords(client, {
      from: 'tenant_gateway',
      identifier: first.identifier,
      into: 'known',
      count,
    });
    const identifiers = copies.map(({ identifier }) => identifier);
    await using gateway = await startGateway(server, say, { CONTROL_DATABASE: 'known' });
    await gateway.call('know', identifiers);
    const bytes: number[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      await gateway.call('forgetAll');
      const before = await gateway.call('heapBytes');
      const known = await gateway.call('know', identifiers);
      if (known !== count) throw new Error(`${known} tenants are known instead of ${count}`);
      bytes.push(((await gateway.call('heapBytes')) - before) / count);
      say(`round ${round}: ${bytes.at(-1)?.toFixed(0)} B per known tenant`);
    }
    return bytes;
  } finally {
    await client.close();
  }
}

interface WarmBytes {
  served: number;
  further: number;
}

async function warmBytes({ server, effort, fleet, say }: BenchContext): Promise<WarmBytes[]> {
  const tenants = await fleet();
  const served = tenants.slice(WARM_UPS);
  const rounds: WarmBytes[] = [];
  for (let round = 1; round <= effort.rounds; round += 1) {
    // A process for each round: nothing of a tenant that was served before is left in it.
    await using gateway = await startGateway(server, say);
    const serve = (some: readonly FleetTenant[]) => sendOnce(gateway.port, some.map(byIdQuery));
    for (let count = 0; count < WARM_UP_QUERIES; count += 1) await serve(tenants.slice(0, WARM_UPS));
    const before = await gateway.call('heapBytes');
    await serve(served);
    const after = await gateway.call('heapBytes');
    const open = await gateway.call('openShells');
    if (open !== tenants.length) throw new Error(`${open} shells are open instead of ${tenants.length}`);
    for (let count = 0; count < FURTHER_QUERIES; count += 1) await serve(served);
    const end = await gateway.call('heapBytes');
    const bytes = {
      served: (after - before) / served.length,
      further: (end - after) / served.length / FURTHER_QUERIES,
    };
    rounds.push(bytes);
    say(
      `round ${round}: ${bytes.served.toFixed(0)} B per warm tenant, ${bytes.further.toFixed(1)} B more a query`,
    );
  }
  return rounds;
}

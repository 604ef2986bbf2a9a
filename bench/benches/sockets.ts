import { setTimeout as sleep } from 'node:timers/promises';
import type { mongo } from 'mongoose';
import type { Bench, BenchContext } from '../bench.ts';
import { byIdQuery } from '../by-id-query.ts';
import { startGateway } from '../gateway.ts';
import { httpLoad } from '../http-load.ts';
import { spreadOf } from '../spread.ts';

/** More requests at once than the pool has connections, so that it is used up. */
const CONNECTIONS = 128;

/** `POOL_SIZE` as it is by default. */
const POOL_SIZE = 50;

/** What a gateway may have besides its pool: two for watching the server, one to spare. */
const BESIDES = 3;

const LOOK_MS = 100;

/** Sockets between a loaded gateway and its cluster, with every tenant of the fleet asked for in turn. */
export const sockets: Bench = { name: 'sockets', run };

async function run({ server, effort, fleet, say }: BenchContext) {
  const requests = (await fleet()).map(byIdQuery);
  const client = await server.connect({ maxPoolSize: 1 });
  try {
    const rounds: number[] = [];
    for (let round = 1; round <= effort.rounds; round += 1) {
      const others = await steadyCount(client);
      await using gateway = await startGateway(server, say, { POOL_SIZE: String(POOL_SIZE) });
      let peak = 0;
      let isLoaded = true;
      const watching = (async () => {
        for (; isLoaded; await sleep(LOOK_MS)) peak = Math.max(peak, await connectionCount(client));
      })();
      try {
        await httpLoad(gateway.port, requests, { connections: CONNECTIONS, ms: effort.loadMs });
      } finally {
        isLoaded = false;
        await watching;
      }
      rounds.push(peak - others);
      say(`round ${round}: ${rounds.at(-1)} sockets for ${requests.length} tenants`);
    }
    return [
      {
        name: `sockets with ${requests.length} tenants, pool of ${POOL_SIZE}`,
        unit: '',
        value: spreadOf(rounds),
        target: { is: 'at most' as const, limit: POOL_SIZE + BESIDES },
      },
    ];
  } finally {
    await client.close();
  }
}

async function connectionCount(client: mongo.MongoClient): Promise<number> {
  const { connections } = await client.db('admin').command({ serverStatus: 1 });
  return (connections as { current: number }).current;
}

/** The count once those of earlier gateways are gone. */
async function steadyCount(client: mongo.MongoClient): Promise<number> {
  let count = await connectionCount(client);
  for (let steady = 0; steady < 5;) {
    await sleep(LOOK_MS);
    const now = await connectionCount(client);
    steady = now === count ? steady + 1 : 0;
    count = now;
  }
  return count;
}

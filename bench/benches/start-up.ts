import type { mongo } from 'mongoose';
import type { Bench, BenchContext } from '../bench.ts';
import { copyRecords } from '../copy-records.ts';
import { gatewaySettings, startGateway } from '../gateway.ts';
import { publicQuery } from '../public-query.ts';
import type { BenchServer } from '../server.ts';
import { median, spreadOf } from '../spread.ts';
import { timedStart } from '../timed-start.ts';

/** Registered tenants of the small platform. */
const FEW = 10;

/** Time from the start of the process to its first answer, with few tenants registered and with many. */
export const startUp: Bench = { name: 'start-up', run };

async function run({ server, effort, say }: BenchContext) {
  const client = await server.connect();
  try {
    const few = await openPlatform(server, client, { control: 'start_few', count: FEW, say });
    const many = await openPlatform(server, client, {
      control: 'start_many',
      count: effort.knownTenants,
      say,
    });
    const rounds: { few: number; many: number }[] = [];
    for (let round = 1; round <= effort.rounds; round += 1) {
      const samples: { few: number; many: number }[] = [];
      for (let count = 0; count < effort.starts; count += 1) {
        samples.push({ few: await few(), many: await many() });
      }
      const figures = {
        few: median(samples.map((sample) => sample.few)),
        many: median(samples.map((sample) => sample.many)),
      };
      rounds.push(figures);
      say(
        `round ${round}: ${figures.few.toFixed(0)} ms with ${FEW}, ${figures.many.toFixed(0)} ms with ${effort.knownTenants}`,
      );
    }
    return [
      {
        name: `first answer with ${FEW} tenants`,
        unit: 'ms',
        value: spreadOf(rounds.map((round) => round.few)),
      },
      {
        name: `first answer with ${effort.knownTenants} tenants`,
        unit: 'ms',
        value: spreadOf(rounds.map((round) => round.many)),
      },
      {
        name: `start with ${effort.knownTenants} / with ${FEW}`,
        unit: 'x',
        value: spreadOf(rounds.map((round) => round.many / round.few)),
        target: { is: 'at most' as const, limit: 1.2 },
      },
    ];
  } finally {
    await client.close();
  }
}

/** Registers one tenant and copies its record. @returns what starts a gateway there and tells how long it took. */
async function openPlatform(
  server: BenchServer,
  client: mongo.MongoClient,
  { control, count, say }: { control: string; count: number; say(line: string): void },
): Promise<() => Promise<number>> {
  const settings = { CONTROL_DATABASE: control };
  {
    await using gateway = await startGateway(server, say, settings);
    await gateway.call('registerMany', control.replace('_', '-'), 1);
  }
  const identifier = `${control.replace('_', '-')}-0`;
  await copyRecords(client, { from: control, identifier, into: control, count: count - 1 });
  const start = () =>
    timedStart({ ...gatewaySettings(server), ...settings }, publicQuery(identifier, { hasContent: false }));
  // Not timed: the first one compiles what the loader keeps.
  await start();
  return start;
}

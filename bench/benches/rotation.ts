import { setTimeout } from 'node:timers/promises';
import type { mongo } from 'mongoose';
import type { Bench, BenchContext } from '../bench.ts';
import { copyRecords } from '../copy-records.ts';
import { startGateway } from '../gateway.ts';
import type { CheckedRequest } from '../http-load.ts';
import { publicQuery } from '../public-query.ts';
import { sendPatiently } from '../send-once.ts';
import { spreadOf } from '../spread.ts';

const SHELLS = 500;

const MIB = 1_048_576;
const MINUTE_MS = 60_000;

/** Requests between two looks at the clock. */
const SLICE = 100;

/**
 * Least time for these, in milliseconds. The server closes the two files of a tenant 20 s after it was asked for last;
 * with many more tenants a second it would have more open than it may (20,000 where this was seen), and die.
 */
const SLICE_MS = 600;

/** Looks at the process, over the whole time. */
const SAMPLES = 40;

/** Databases made at once; nobody waits for the disk. */
const AT_ONCE = 8;

const CONTROL = 'rotation';

/**
 * Many tenants take turns in few shells: what is left behind shows as a slope. The server opens and closes twenty
 * thousand files meanwhile and opens none for a second at each of its checkpoints; a tenant whose database does not
 * answer in time is unavailable then, and asked again.
 */
export const rotation: Bench = { name: 'rotation', run };

interface Sample {
  minute: number;
  heapMib: number;
  sockets: number;
  timers: number;
}

async function run({ server, effort, say }: BenchContext) {
  const client = await server.connect();
  try {
    await using gateway = await startGateway(server, say, {
      CONTROL_DATABASE: CONTROL,
      SHELL_CAPACITY: String(SHELLS),
    });
    const requests = await openTenants(client, gateway, effort.rotatingTenants, say);
    // Once around before anything is counted, so that the directory knows all of them.
    for (let from = 0; from < requests.length; from += SLICE) {
      await inTurn(gateway.port, requests.slice(from, from + SLICE));
    }
    const samples: Sample[] = [];
    const startedAtMs = performance.now();
    const everyMs = effort.rotationMs / SAMPLES;
    let sent = 0;
    let refusals = 0;
    for (let number = 0; number <= SAMPLES; number += 1) {
      while (performance.now() - startedAtMs < number * everyMs) {
        const from = sent % requests.length;
        const slice = requests.slice(from, from + SLICE);
        refusals += await inTurn(gateway.port, slice);
        sent += slice.length;
      }
      const heapMib = (await gateway.call('heapBytes')) / MIB;
      const minute = (performance.now() - startedAtMs) / MINUTE_MS;
      samples.push({ minute, heapMib, ...(await gateway.call('resources')) });
      const last = samples.at(-1);
      say(
        `${minute.toFixed(1)} min: ${sent} replies, ${refusals} told to come again, ${heapMib.toFixed(1)} MiB, ` +
          `${last?.sockets} sockets, ${last?.timers} timers, ${await gateway.call('openShells')} shells`,
      );
    }
    const grown = (of: (sample: Sample) => number) =>
      slope(samples.map((sample) => ({ x: sample.minute, y: of(sample) })));
    const all = (of: (sample: Sample) => number) => spreadOf(samples.map(of));
    const what = `${requests.length} tenants, ${SHELLS} shells`;
    const one = (value: number) => spreadOf([value]);
    return [
      { name: `replies, ${what}`, unit: '', value: one(sent) },
      { name: 'told to come again', unit: '', value: one(refusals) },
      { name: 'heap', unit: 'MiB', value: all(({ heapMib }) => heapMib) },
      {
        name: 'slope of the heap',
        unit: 'MiB/min',
        value: one(grown(({ heapMib }) => heapMib)),
        target: { is: 'at most' as const, limit: 1 },
      },
      { name: 'sockets', unit: '', value: all(({ sockets }) => sockets) },
      {
        name: 'slope of the sockets',
        unit: '1/min',
        value: one(grown(({ sockets }) => sockets)),
        target: { is: 'at most' as const, limit: 0.5 },
      },
      { name: 'timers', unit: '', value: all(({ timers }) => timers) },
      {
        name: 'slope of the timers',
        unit: '1/min',
        value: one(grown(({ timers }) => timers)),
        target: { is: 'at most' as const, limit: 0.5 },
      },
    ];
  } finally {
    await client.close();
  }
}

/** Asks a slice of the tenants. Answers how often one was told to come again. */
async function inTurn(port: number, slice: readonly CheckedRequest[]): Promise<number> {
  const [refusals] = await Promise.all([sendPatiently(port, slice), setTimeout(SLICE_MS)]);
  return refusals;
}

/** Copies the record of one registered tenant; each copy has a database with its stamp and nothing else. */
async function openTenants(
  client: mongo.MongoClient,
  gateway: Awaited<ReturnType<typeof startGateway>>,
  count: number,
  say: (line: string) => void,
): Promise<CheckedRequest[]> {
  const [model] = await gateway.call('registerMany', CONTROL, 1);
  if (model === undefined) throw new Error('no tenant');
  const stamp = await stampsOf(client.db(model.database)).findOne({ _id: 'stamp' });
  const settings = { options: { publicContent: true } };
  const tenants = await copyRecords(
    client,
    { from: CONTROL, identifier: model.identifier, into: CONTROL, count },
    { settings },
  );
  let next = 0;
  const work = async () => {
    for (let tenant = tenants[next++]; tenant !== undefined; tenant = tenants[next++]) {
      const database = client.db(tenant.database, { writeConcern: { w: 1, journal: false } });
      await stampsOf(database).insertOne({ ...stamp, _id: 'stamp', tenant: tenant.id });
      if (next % 1_000 === 0) say(`${next} of ${count} databases`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  // What the server still owes the disk for them would hold up whoever asks first.
  const owedSinceMs = performance.now();
  await client.db('admin').command({ fsync: 1 });
  say(`written to disk after ${((performance.now() - owedSinceMs) / 1_000).toFixed(0)} s`);
  return tenants.map(({ identifier }) => publicQuery(identifier, { hasContent: true }));
}

function stampsOf(database: mongo.Db) {
  return database.collection<{ _id: string; tenant?: string }>('_tenant');
}

/** Of the straight line that fits best (least squares). */
function slope(points: readonly { x: number; y: number }[]): number {
  const mean = (of: (point: { x: number; y: number }) => number) =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [x, y] = [mean((point) => point.x), mean((point) => point.y)];
  const over = points.reduce((sum, point) => sum + (point.x - x) * (point.y - y), 0);
  return over / points.reduce((sum, point) => sum + (point.x - x) ** 2, 0);
}

import type { mongo } from 'mongoose';
import { CLIENT_NAME, type Fleet } from './fleet.ts';

interface Named {
  _id: string;
  name: string;
}

/**
 * Reads the same objects with the bare driver, round and round, and checks each.
 *
 * @param callers - how many wait for a read at once.
 * @returns reads per second.
 */
export async function driverLoad(
  client: mongo.MongoClient,
  fleet: Fleet,
  { callers, ms }: { callers: number; ms: number },
): Promise<number> {
  const targets = fleet.map(({ database, clientId }) => ({
    collection: client.db(database).collection<Named>('clients'),
    id: clientId,
  }));
  let reads = 0;
  const startedAtMs = performance.now();
  const until = startedAtMs + ms;
  const read = async (start: number) => {
    for (let index = start; performance.now() < until; index += 1) {
      const target = targets[index % targets.length];
      const found = await target?.collection.findOne({ _id: target.id });
      if (found?._id !== target?.id || found?.name !== CLIENT_NAME) throw new Error('wrong document');
      reads += 1;
    }
  };
  const starts = Array.from({ length: callers }, (_, index) =>
    Math.floor((index * targets.length) / callers),
  );
  await Promise.all(starts.map(read));
  return reads / ((performance.now() - startedAtMs) / 1_000);
}

import type { mongo } from 'mongoose';
import type { Bench, BenchContext } from '../bench.ts';
import { startGateway } from '../gateway.ts';
import { spreadOf } from '../spread.ts';
import { register } from './sign-up.ts';

/** Sign-ups in a round. */
const SIGN_UPS = 10;

/** Collections and indexes the whole server gains by a sign-up, wherever they are. */
export const namespaces: Bench = { name: 'namespaces', run };

async function run({ server, effort, say }: BenchContext) {
  await using gateway = await startGateway(server, say, { CONTROL_DATABASE: 'namespaces' });
  const client = await server.connect({ maxPoolSize: 1 });
  try {
    // What the control database makes at the first sign-up of all is nobody's.
    await register(gateway);
    const rounds: number[] = [];
    for (let round = 1; round <= effort.rounds; round += 1) {
      const before = await countNamespaces(client);
      for (let count = 0; count < SIGN_UPS; count += 1) await register(gateway);
      rounds.push(((await countNamespaces(client)) - before) / SIGN_UPS);
      say(`round ${round}: ${rounds.at(-1)} namespaces a sign-up`);
    }
    return [
      {
        name: 'namespaces per sign-up',
        unit: '',
        value: spreadOf(rounds),
        target: { is: 'at most' as const, limit: 6 },
      },
    ];
  } finally {
    await client.close();
  }
}

async function countNamespaces(client: mongo.MongoClient): Promise<number> {
  const { databases } = await client.db('admin').admin().listDatabases({ nameOnly: true });
  let count = 0;
  for (const { name } of databases.filter(({ name }) => !['admin', 'local', 'config'].includes(name))) {
    const { collections, indexes } = await client.db(name).stats();
    count += (collections as number) + (indexes as number);
  }
  return count;
}

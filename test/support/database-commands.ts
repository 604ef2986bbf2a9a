import type { TestGateway, TestTenant } from './gateway.ts';

/**
 * Counts what reaches the databases of a gateway: the server's own profiler, so that no way around a counter exists.
 * What a node does by itself does not count: its beats, its share of connections, the polling of feeds and directory.
 */
export async function watchCommands({ app }: TestGateway, ...tenants: TestTenant[]) {
  const { db } = app.platform.control;
  const watched = [db, ...tenants.map(({ record }) => db.client.db(record.placement.database))];
  for (const database of watched) await database.command({ profile: 2 });
  const ours = (name: string) => ({
    ns: { $nin: ['system.profile', 'nodes', 'clusters'].map((each) => `${name}.${each}`) },
    op: { $ne: 'getmore' },
    'command.profile': null,
    'command.filter.changedAt': null,
  });
  const count = async (): Promise<number> => {
    const counts = await Promise.all(
      watched.map((database) =>
        database.collection('system.profile').countDocuments(ours(database.databaseName)),
      ),
    );
    return counts.reduce((sum, one) => sum + one, 0);
  };
  return {
    /** Commands that `run` causes. */
    async during(run: () => Promise<unknown>): Promise<number> {
      const before = await count();
      await run();
      return (await count()) - before;
    },
  };
}

import { COMMAND_TIMEOUT_MS } from '../mongo/command-limits.ts';
import type { ControlDatabase } from './control-database.ts';
import { tenantModel } from './tenant-record.ts';

/** How many tenants live on each cluster, by its name, in one command. */
export async function tenantsByCluster({ db }: ControlDatabase): Promise<ReadonlyMap<string, number>> {
  const counts = await db
    .collection(tenantModel.collection)
    .aggregate<{ _id: string; count: number }>(
      [
        { $match: { status: { $ne: 'DELETED' } } },
        { $group: { _id: '$placement.cluster', count: { $sum: 1 } } },
      ],
      { signal: AbortSignal.timeout(COMMAND_TIMEOUT_MS) },
    )
    .toArray();
  return new Map(counts.map(({ _id, count }) => [_id, count]));
}

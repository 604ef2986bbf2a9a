import type { mongo } from 'mongoose';
import type { ClientPool } from '../mongo/client-pool.ts';
import { catalogueSignal } from '../mongo/command-limits.ts';
import type { Events } from '../observability/events.ts';
import { allTenants } from './all-tenants.ts';
import type { ClusterRecord } from './cluster-record.ts';
import type { Clusters } from './clusters.ts';
import type { ControlDatabase } from './control-database.ts';
import { PREFIX_LENGTH, SHARED_DATABASE } from './placement.ts';
import { SIGN_UP_NAMESPACES } from './provisioning.ts';

/** Pause between two counts of one cluster, over all nodes, in milliseconds. */
const INTERVAL_MS = 600_000;

/** A cluster is counted when it took no tenant for so long, in milliseconds: no reservation is without its record then. */
const QUIET_MS = 30_000;

/** A tenant's database, and what its collections begin with. */
const placeKey = (database: string, prefix: string) => `${database}/${prefix}`;

/** More than a cluster could hold; their counts fit into one answer. */
const MOST_TENANTS = 100_000;

export interface NamespaceRecountOptions {
  control: ControlDatabase;
  clusters: Clusters;
  clients: ClientPool;
  events: Events;
}

/**
 * Counts the namespaces of a cluster's tenants on the server itself and corrects the cluster's record. The running count
 * can be off: a process that is killed between reserving room and using it, or between creating a collection and
 * counting it, leaves a difference behind.
 */
export function createNamespaceRecount({ control, clusters, clients, events }: NamespaceRecountOptions) {
  async function counted(record: ClusterRecord): Promise<number> {
    const lease = clients.lease(await clusters.uriOf(record._id));
    try {
      const present = await catalogue((await lease.value).client);
      let sum = 0;
      const here = { 'placement.cluster': record._id, status: { $ne: 'DELETED' as const } };
      for await (const { placement, status } of allTenants(control, here)) {
        const found = present.get(placeKey(placement.database, placement.prefix)) ?? 0;
        // One in the making will create what it has reserved.
        sum += status === 'PROVISIONING' || status === 'FAILED' ? Math.max(found, SIGN_UP_NAMESPACES) : found;
      }
      return sum;
    } finally {
      lease.release();
    }
  }

  return {
    /** Counts when it is time to and no other node does. */
    async ifDue(record: ClusterRecord): Promise<void> {
      const now = Date.now();
      if (record.recountedAt.getTime() > now - INTERVAL_MS) return;
      const due = await control.clusters.findOneAndUpdate(
        { _id: record._id, recountedAt: record.recountedAt, reservedAt: { $lt: new Date(now - QUIET_MS) } },
        { $set: { recountedAt: new Date(now) } },
      );
      if (due === null) return;
      const { _id, budget, free, reservedAt } = due;
      try {
        const used = await counted(due);
        if (used === budget - free) return;
        // Unless something was reserved or counted meanwhile: then the next count will tell.
        const corrected = await control.clusters.findOneAndUpdate(
          { _id, budget, free, reservedAt },
          { $set: { free: budget - used } },
        );
        if (corrected !== null) events.clusterRecounted({ cluster: _id, before: budget - free, after: used });
      } catch (err) {
        events.clusterRecountFailed({ cluster: _id, err });
      }
    },
  };
}

/** Namespaces by database and prefix, of the whole deployment in one command; no file of it is opened for that. */
async function catalogue(client: mongo.MongoClient): Promise<Map<string, number>> {
  const isShared = { $eq: ['$db', SHARED_DATABASE] };
  const prefix = { $cond: [isShared, { $substrBytes: ['$name', 0, PREFIX_LENGTH] }, ''] };
  const count = { $add: [1, { $size: { $ifNull: ['$md.indexes', []] } }] };
  const { cursor } = await client.db('admin').command(
    {
      aggregate: 1,
      pipeline: [
        { $listCatalog: {} },
        { $match: { db: /^tg_/ } },
        { $group: { _id: { db: '$db', prefix }, count: { $sum: count } } },
      ],
      cursor: { batchSize: MOST_TENANTS },
    },
    catalogueSignal(),
  );
  const { firstBatch } = cursor as { firstBatch: { _id: { db: string; prefix: string }; count: number }[] };
  return new Map(firstBatch.map(({ _id, count: found }) => [placeKey(_id.db, _id.prefix), found]));
}

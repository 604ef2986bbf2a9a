import { mongo } from 'mongoose';
import { BoundModel } from '../mongo/bound-model.ts';
import type { ClientPool } from '../mongo/client-pool.ts';
import { catalogueSignal, COMMAND_TIMEOUT_MS } from '../mongo/command-limits.ts';
import { Collections } from '../mongo/collections.ts';
import type { IndexDefinition, ModelDefinition, Stored } from '../mongo/model.ts';
import { stampModel } from '../shell/stamp.ts';
import type { Placement, TenantId } from '../tenancy/tenant.ts';
import type { Clusters } from './clusters.ts';
import type { DroppedData } from './deletion-record.ts';

/** The control plane's way into one tenant's database, before and after it is served through shells. */
export interface TenantDatabase {
  model<T extends Stored>(definition: ModelDefinition<T>): BoundModel<T>;
  /** A raw collection, for migrations. Names are without the placement's prefix here and below. */
  collection<T extends mongo.Document = mongo.Document>(name: string): mongo.Collection<T>;
  hasCollection(name: string): Promise<boolean>;
  /** Takes as long as it takes, unless `signal` ends it. Answers how many were made. */
  createIndexes(name: string, indexes: readonly IndexDefinition[], signal: AbortSignal): Promise<number>;
  /** Answers how many were dropped; those that are not there are as good as that. */
  dropIndexes(name: string, indexes: readonly string[]): Promise<number>;
  /** What the tenant has there. */
  inventory(): Promise<DroppedData>;
  /** @throws when the stamp there is another tenant's. */
  requireOwn(): Promise<void>;
  /** Drops everything the tenant has there; refuses when the stamp is somebody else's. */
  drop(): Promise<void>;
}

/** Opens a tenant's database for the time of one use. */
export function tenantDatabases({ clients, clusters }: { clients: ClientPool; clusters: Clusters }) {
  return async <R>(
    tenant: TenantId,
    placement: Placement,
    use: (database: TenantDatabase) => Promise<R>,
  ): Promise<R> => {
    const client = clients.lease(await clusters.connectionString(placement, tenant));
    try {
      const db = (await client.value).client.db(placement.database, {
        writeConcern: new mongo.WriteConcern('majority'),
      });
      const collections = new Collections(db, placement.prefix, new Map(), () => undefined);
      const model = <T extends Stored>(definition: ModelDefinition<T>) =>
        new BoundModel(definition, collections.of(definition), () => Promise.resolve(), {
          timeoutMs: COMMAND_TIMEOUT_MS,
        });
      /** A collection and its indexes; of these a collection may have 64. */
      const namespacesOf = async (name: string): Promise<number> => {
        const { cursor } = await db.command({ listIndexes: name }, catalogueSignal());
        return 1 + (cursor as { firstBatch: unknown[] }).firstBatch.length;
      };
      const documentsOf = async (name: string): Promise<number> => {
        const { n } = await db.command({ count: name }, catalogueSignal());
        return n as number;
      };
      const ownCollections = async (): Promise<string[]> =>
        (await db.listCollections({}, { nameOnly: true, ...catalogueSignal() }).toArray())
          .map(({ name }) => name)
          .filter((name) => name.startsWith(placement.prefix));
      const inventory = async (): Promise<DroppedData> => {
        const names = (await ownCollections()).sort();
        const sizes = await Promise.all(names.map(namespacesOf));
        const collections = await Promise.all(
          names.map(async (name) => ({
            name: name.slice(placement.prefix.length),
            documents: await documentsOf(name),
          })),
        );
        return {
          database: placement.database,
          collections,
          namespaces: sizes.reduce((sum, size) => sum + size, 0),
        };
      };
      const requireOwn = async (): Promise<void> => {
        const stamp = await model(stampModel).findOne({ _id: 'stamp' });
        if (stamp !== null && stamp.tenant !== tenant) {
          throw new Error(`database ${placement.database} carries the stamp of tenant ${stamp.tenant}`);
        }
      };
      const drop = async (): Promise<void> => {
        await requireOwn();
        // Commands rather than the driver's helpers, which take no signal.
        if (placement.prefix === '') await db.command({ dropDatabase: 1 }, catalogueSignal());
        else for (const name of await ownCollections()) await db.command({ drop: name }, catalogueSignal());
      };
      return await use({
        model,
        inventory,
        requireOwn,
        drop,
        collection: <T extends mongo.Document>(name: string) => db.collection<T>(placement.prefix + name),
        hasCollection: (name) =>
          db.listCollections({ name: placement.prefix + name }, { nameOnly: true }).hasNext(),
        createIndexes: async (name, indexes, signal) => {
          const { numIndexesBefore = 0, numIndexesAfter = 0 } = (await db.command(
            { createIndexes: placement.prefix + name, indexes },
            { signal },
          )) as { numIndexesBefore?: number; numIndexesAfter?: number };
          return numIndexesAfter - numIndexesBefore;
        },
        dropIndexes: async (name, indexes) => {
          let dropped = 0;
          for (const index of indexes) {
            const isThere = await db
              .command({ dropIndexes: placement.prefix + name, index }, catalogueSignal())
              .then(() => true, isMissing);
            if (isThere) dropped += 1;
          }
          return dropped;
        },
      });
    } finally {
      client.release();
    }
  };
}

export type UseTenantDatabase = ReturnType<typeof tenantDatabases>;

/** Server codes of a collection (26) and an index (27) that is not there. */
function isMissing(error: unknown): false {
  if (error instanceof mongo.MongoServerError && (error.code === 26 || error.code === 27)) return false;
  throw error;
}

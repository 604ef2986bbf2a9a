import { mongo } from 'mongoose';
import { BoundModel } from '../mongo/bound-model.ts';
import type { ClientPool } from '../mongo/client-pool.ts';
import { Collections } from '../mongo/collections.ts';
import type { IndexDefinition, ModelDefinition, Stored } from '../mongo/model.ts';
import { stampModel } from '../shell/stamp.ts';
import type { Placement, TenantId } from '../tenancy/tenant.ts';
import type { Clusters } from './clusters.ts';

/** The control plane's way into one tenant's database, before and after it is served through shells. */
export interface TenantDatabase {
  model<T extends Stored>(definition: ModelDefinition<T>): BoundModel<T>;
  /** A raw collection, for migrations. Names are without the placement's prefix here and below. */
  collection(name: string): mongo.Collection;
  hasCollection(name: string): Promise<boolean>;
  createIndexes(name: string, indexes: readonly IndexDefinition[]): Promise<void>;
  /** Drops everything the tenant has there; refuses when the stamp is somebody else's. Answers the namespaces freed. */
  drop(): Promise<number>;
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
        new BoundModel(definition, collections.of(definition), () => Promise.resolve(), {});
      const drop = async (): Promise<number> => {
        const stamp = await model(stampModel).findOne({ _id: 'stamp' });
        if (stamp !== null && stamp.tenant !== tenant) {
          throw new Error(`database ${placement.database} carries the stamp of tenant ${stamp.tenant}`);
        }
        const names = (await db.listCollections({}, { nameOnly: true }).toArray())
          .map(({ name }) => name)
          .filter((name) => name.startsWith(placement.prefix));
        const indexes = await Promise.all(names.map((name) => db.collection(name).indexes()));
        if (placement.prefix === '') await db.dropDatabase();
        else for (const name of names) await db.dropCollection(name);
        return indexes.reduce((sum, { length }) => sum + 1 + length, 0);
      };
      return await use({
        model,
        drop,
        collection: (name) => db.collection(placement.prefix + name),
        hasCollection: (name) =>
          db.listCollections({ name: placement.prefix + name }, { nameOnly: true }).hasNext(),
        createIndexes: async (name, indexes) => {
          await db.command({ createIndexes: placement.prefix + name, indexes });
        },
      });
    } finally {
      client.release();
    }
  };
}

export type UseTenantDatabase = ReturnType<typeof tenantDatabases>;

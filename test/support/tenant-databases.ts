import { mongo } from 'mongoose';
import type { App } from '../../src/app.ts';
import type { Placement } from '../../src/tenancy/tenant.ts';
import { mongodbUri, secondMongodbUri } from './mongodb-uri.ts';

/** The tenants' databases on the servers they were placed on, looked at behind the gateway's back. */
export interface TenantDatabases extends AsyncDisposable {
  of(record: { _id: string; placement: Placement }): Promise<mongo.Db>;
  /** Drops what the tenants left on either server of the run. */
  drop(): Promise<void>;
  /** Drops the control database; to be called when the gateway is closed. */
  dropControl(): Promise<void>;
}

export function tenantDatabases({ platform }: App): TenantDatabases {
  const clients = new Map<string, mongo.MongoClient>();

  /** Connects with its first command. */
  function clientOf(uri: string): mongo.MongoClient {
    const client = clients.get(uri) ?? new mongo.MongoClient(uri);
    clients.set(uri, client);
    return client;
  }

  async function dropOn(uri: string, placements: readonly Placement[]): Promise<void> {
    for (const { database, prefix } of placements) {
      const db = clientOf(uri).db(database);
      if (prefix === '') {
        await db.dropDatabase();
        continue;
      }
      // Prefixed tenants of other test files live in the same database.
      for (const { name } of await db.listCollections({}, { nameOnly: true }).toArray()) {
        if (name.startsWith(prefix)) await db.dropCollection(name);
      }
    }
  }

  return {
    async of({ _id, placement }) {
      return clientOf(await platform.clusters.connectionString(placement, _id)).db(placement.database);
    },
    async drop() {
      const placements = (await platform.control.tenants.find({})).map(({ placement }) => placement);
      await dropOn(mongodbUri(), placements);
      // A deployment of a tenant's own may be either server.
      const isElsewhere = ({ cluster }: Placement) => cluster !== 'default';
      await dropOn(secondMongodbUri(), placements.filter(isElsewhere));
    },
    async dropControl() {
      await clientOf(mongodbUri()).db(platform.control.db.databaseName).dropDatabase();
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...clients.values()].map((client) => client.close()));
    },
  };
}

import { mongo } from 'mongoose';
import { BoundModel } from '../mongo/bound-model.ts';
import type { IndexDefinition, ModelDefinition, Stored } from '../mongo/model.ts';
import { catalogueSignal, COMMAND_TIMEOUT_MS } from '../mongo/command-limits.ts';
import { clusterModel } from './cluster-record.ts';
import { DatedModel } from './dated-model.ts';
import { nodeModel } from './node-record.ts';
import { fleetRunModel } from './fleet-run-record.ts';
import { platformKeyModel } from './platform-key-record.ts';
import { tenantModel, type TenantRecord } from './tenant-record.ts';

/** The control database: the tenants and clusters there are. Reads and writes ask for a majority. */
export type ControlDatabase = Awaited<ReturnType<typeof openControlDatabase>>;

const INDEXES: Readonly<Record<string, readonly IndexDefinition[]>> = {
  [tenantModel.collection]: [
    { key: { names: 1 }, name: 'names', unique: true },
    {
      key: { 'provisioning.keyHash': 1 },
      name: 'idempotency_key',
      unique: true,
      partialFilterExpression: { 'provisioning.keyHash': { $exists: true } },
    },
    { key: { status: 1, _id: 1 }, name: 'status' },
    { key: { changedAt: 1 }, name: 'changed_at' },
    { key: { 'deletion.dropAgainAt': 1 }, name: 'drop_again', sparse: true },
  ],
  [nodeModel.collection]: [{ key: { at: 1 }, name: 'expiry', expireAfterSeconds: 3_600 }],
  [fleetRunModel.collection]: [
    { key: { state: 1 }, name: 'one_running', unique: true, partialFilterExpression: { state: 'RUNNING' } },
  ],
};

/** Opens the control database and makes sure of its indexes, which is idempotent. */
export async function openControlDatabase(client: mongo.MongoClient, name: string) {
  const db = client.db(name, {
    readConcern: new mongo.ReadConcern('majority'),
    writeConcern: new mongo.WriteConcern('majority'),
    // Whatever the connection string prefers: of what was just told to have changed a secondary may know nothing yet.
    readPreference: mongo.ReadPreference.primary,
  });
  for (const [collection, indexes] of Object.entries(INDEXES)) {
    await db.command(
      { createIndexes: collection, indexes, writeConcern: { w: 'majority' } },
      catalogueSignal(),
    );
  }
  const noPreparation = () => Promise.resolve();
  const context = { timeoutMs: COMMAND_TIMEOUT_MS };
  const bind = <T extends Stored>(definition: ModelDefinition<T>) =>
    new BoundModel(definition, db.collection<T>(definition.collection), noPreparation, context);
  return {
    db,
    tenants: new DatedModel(
      tenantModel,
      db.collection<TenantRecord>(tenantModel.collection),
      noPreparation,
      context,
    ),
    clusters: bind(clusterModel),
    platformKeys: bind(platformKeyModel),
    fleetRuns: bind(fleetRunModel),
    /** @throws when the database does not answer within `deadlineMs` milliseconds. */
    ping: async (deadlineMs: number) => {
      await db.command({ ping: 1 }, { signal: AbortSignal.timeout(deadlineMs) });
    },
  };
}

import { hostname } from 'node:os';
import { Umzug } from 'umzug';
import type { mongo } from 'mongoose';
import type { Migration } from '../mongo/migration.ts';
import type { Events } from '../observability/events.ts';
import type { ModuleSets } from '../shell/module-set.ts';
import { stampModel } from '../shell/stamp.ts';
import type { TenantId } from '../tenancy/tenant.ts';
import { allTenants } from './all-tenants.ts';
import type { ControlDatabase } from './control-database.ts';
import type { TenantDatabase, UseTenantDatabase } from './tenant-database.ts';
import type { TenantRecord } from './tenant-record.ts';

/** How long one process may migrate a tenant before another may try, in milliseconds. */
const LOCK_MS = 60_000;

export interface FleetMigrationOptions {
  control: ControlDatabase;
  useDatabase: UseTenantDatabase;
  modules: ModuleSets;
  events: Events;
}

/** What migrating a tenant needs to know of it. */
export interface MigratedTenant extends Pick<TenantRecord, '_id' | 'placement'> {
  modules: readonly string[];
}

/** What became of the tenants. One that fails does not keep the others from being migrated. */
export interface FleetResult {
  migrated: number;
  current: number;
  failed: { tenant: string; identifier: string }[];
}

/** Brings tenant databases up to the migrations of this build. */
export function createFleetMigration({ control, useDatabase, modules, events }: FleetMigrationOptions) {
  /** Migrates one tenant unless another process does. Answers the names of what ran. */
  async function migrateTenant(record: MigratedTenant): Promise<string[]> {
    const { migrations } = modules.of(record.modules);
    let current = '';
    try {
      return await useDatabase(record._id as TenantId, record.placement, async (database) => {
        const lock = await acquire(database, record);
        if (lock === undefined) return [];
        try {
          const umzug = new Umzug({
            migrations: migrations.map((migration) => ({
              name: migration.name,
              up: () => {
                current = migration.name;
                return run(migration, database);
              },
            })),
            storage: ledger(database, migrations),
            logger: undefined,
          });
          const ran = (await umzug.up()).map(({ name }) => name);
          if (ran.length > 0) events.tenantMigrated({ tenant: record._id, migrations: ran });
          return ran;
        } finally {
          await lock.release();
        }
      });
    } catch (err) {
      events.migrationFailed({ tenant: record._id, migration: current, err });
      throw err;
    }
  }

  return {
    migrateTenant,
    /** Migrates every tenant, one after another, and tells `progress` after each. */
    async migrateAll(progress: (done: number, total: number) => void): Promise<FleetResult> {
      const served = { status: { $in: ['ACTIVE', 'SUSPENDED'] as TenantRecord['status'][] } };
      const total = await control.tenants.count(served);
      const result: FleetResult = { migrated: 0, current: 0, failed: [] };
      let done = 0;
      for await (const record of allTenants(control, served)) {
        try {
          const ran = await migrateTenant(record);
          if (ran.length > 0) result.migrated += 1;
          else result.current += 1;
        } catch {
          result.failed.push({ tenant: record._id, identifier: record.identifier });
        }
        done += 1;
        progress(done, total);
      }
      return result;
    },
  };
}

export type FleetMigration = ReturnType<typeof createFleetMigration>;

/**
 * Undefined while another process migrates this tenant.
 *
 * @throws {Error} when the database is not this tenant's: nothing may be written there.
 */
async function acquire(
  database: TenantDatabase,
  { _id: tenant, placement }: Pick<TenantRecord, '_id' | 'placement'>,
): Promise<{ release(): Promise<void> } | undefined> {
  const stamps = database.model(stampModel);
  const own = { _id: 'stamp' as const, tenant: tenant as TenantId, epoch: placement.epoch };
  const by = `${hostname()}:${process.pid}:${Math.random().toString(36).slice(2)}`;
  const now = new Date();
  const locked = await stamps.findOneAndUpdate(
    { ...own, $or: [{ migrating: null }, { 'migrating.until': { $lt: now } }] },
    { $set: { migrating: { by, until: new Date(now.getTime() + LOCK_MS) } } },
  );
  if (locked === null) {
    if (await stamps.has(own)) return undefined;
    throw new Error(`database ${placement.database} does not carry the stamp of this tenant`);
  }
  return {
    async release() {
      await stamps.findOneAndUpdate({ _id: 'stamp', 'migrating.by': by }, { $set: { migrating: null } });
    },
  };
}

/** Indexes of collections that do not exist are left to the first write (`mongo/collections.ts`). */
async function run(
  { indexes = {}, drops = {}, transform }: Migration,
  database: TenantDatabase,
): Promise<void> {
  for (const [collection, definitions] of Object.entries(indexes)) {
    if (await database.hasCollection(collection)) await database.createIndexes(collection, definitions);
  }
  for (const [collection, names] of Object.entries(drops)) await database.dropIndexes(collection, names);
  await transform?.((name: string): mongo.Collection => database.collection(name));
}

/** umzug's record of what ran, kept in the tenant's stamp. */
function ledger(database: TenantDatabase, migrations: readonly Migration[]) {
  const stamps = database.model(stampModel);
  return {
    async executed() {
      return (await stamps.findOne({ _id: 'stamp' }))?.migrations.map(({ name }) => name) ?? [];
    },
    async logMigration({ name }: { name: string }) {
      const { indexes = {} } = migrations.find((migration) => migration.name === name) ?? {};
      const deferredCollections: string[] = [];
      for (const collection of Object.keys(indexes)) {
        if (!(await database.hasCollection(collection))) deferredCollections.push(collection);
      }
      await stamps.findOneAndUpdate(
        { _id: 'stamp', migrations: { $not: { $elemMatch: { name } } } },
        { $push: { migrations: { name, at: new Date(), deferredCollections } } },
      );
    },
    async unlogMigration() {
      throw new Error('migrations of tenants only go forward');
    },
  };
}

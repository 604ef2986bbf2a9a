import { MigrationError, Umzug } from 'umzug';
import type { mongo } from 'mongoose';
import type { RunStep } from '../lib/run-step.ts';
import type { Migration } from '../mongo/migration.ts';
import type { Events } from '../observability/events.ts';
import type { ModuleSets } from '../shell/module-set.ts';
import { type Stamp, stampModel } from '../shell/stamp.ts';
import type { Placement, TenantId } from '../tenancy/tenant.ts';
import { MigrationFailed } from './migration-failure.ts';
import { LockLost, type MigrationLock, underLock } from './migration-lock.ts';
import type { TenantDatabase, UseTenantDatabase } from './tenant-database.ts';

/** How long the lock of a runner that died keeps others away, in milliseconds. */
const LOCK_MS = 15_000;

/** What migrating a tenant needs to know of it. */
export interface MigratedTenant {
  readonly id: string;
  readonly modules: readonly string[];
  readonly placement: Placement;
}

export interface TenantMigrationOptions {
  useDatabase: UseTenantDatabase;
  modules: ModuleSets;
  /** Told of indexes that were made or dropped. */
  account(cluster: string, namespaces: number): void;
  step: RunStep;
  events: Events;
  /** How long a lock lasts, in milliseconds; for tests. */
  lockMs?: number;
}

export interface MigrateOptions {
  /** How long to wait for somebody else who migrates the tenant, in milliseconds. */
  waitMs: number;
  /** Ends the work between two steps, and within one as far as its migration heeds it. */
  signal?: AbortSignal;
}

/** Brings the database of one tenant up to the migrations of its modules. */
export function createTenantMigration(options: TenantMigrationOptions) {
  const { useDatabase, modules, account, step, events, lockMs = LOCK_MS } = options;

  async function run(
    tenant: MigratedTenant,
    migrations: readonly Migration[],
    { waitMs, signal = new AbortController().signal }: MigrateOptions,
  ): Promise<string[]> {
    const { id, placement } = tenant;
    const own = { _id: 'stamp' as const, tenant: id as TenantId, epoch: placement.epoch };
    try {
      const ran = await useDatabase(own.tenant, placement, async (database) => {
        // Most tenants are up to date most of the time, and a look takes no lock.
        if (pendingOf(migrations, await ledgerOf(database, own)).length === 0) return [];
        const stamps = database.collection<Stamp>(stampModel.collection);
        return underLock(stamps, { own, lockMs, waitMs, signal }, async (lock) => {
          const context = { database, lock };
          const umzug = new Umzug({
            migrations: migrations.map((migration) => ({
              name: migration.name,
              up: async () =>
                account(placement.cluster, await step('migrate', () => runMigration(migration, context))),
            })),
            storage: ledger({ database, stamps, own, lock, migrations, step }),
            logger: undefined,
          });
          return (await umzug.up()).map(({ name }) => name);
        });
      });
      if (ran.length > 0) events.tenantMigrated({ tenant: id, migrations: ran });
      return ran;
    } catch (error) {
      const failure =
        error instanceof MigrationError ? new MigrationFailed(error.info.name, error.cause) : error;
      const migration = failure instanceof MigrationFailed ? failure.migration : '';
      events.migrationFailed({ tenant: id, migration, err: failure });
      throw failure;
    }
  }

  return {
    /**
     * Runs what has not run yet. Answers the names.
     *
     * @throws {MigrationFailed} when one of them does not work
     * @throws {LockBusy} when somebody else was at it all the time
     * @throws {Error} when the database cannot be reached or is not this tenant's
     */
    migrate: (tenant: MigratedTenant, how: MigrateOptions) =>
      run(tenant, modules.of(tenant.modules).migrations, how),
    /** The same for one module, which the tenant need not have yet. */
    migrateModule: (tenant: MigratedTenant, module: string, how: MigrateOptions) =>
      run(tenant, modules.migrationsOf(module), how),
    /** Names of what has not run yet. */
    pending: (tenant: MigratedTenant): Promise<string[]> => {
      const own = { _id: 'stamp' as const, tenant: tenant.id as TenantId, epoch: tenant.placement.epoch };
      return useDatabase(own.tenant, tenant.placement, async (database) =>
        pendingOf(modules.of(tenant.modules).migrations, await ledgerOf(database, own)),
      );
    },
  };
}

export type TenantMigration = ReturnType<typeof createTenantMigration>;

type Own = Pick<Stamp, '_id' | 'tenant' | 'epoch'>;

/** @throws {Error} when the database is not this tenant's. */
async function ledgerOf(database: TenantDatabase, own: Own): Promise<string[]> {
  const stamp = await database.model(stampModel).findOne(own);
  if (stamp === null) throw new Error('the database does not carry the stamp of this tenant');
  return stamp.migrations.map(({ name }) => name);
}

function pendingOf(migrations: readonly Migration[], ran: readonly string[]): string[] {
  return migrations.map(({ name }) => name).filter((name) => !ran.includes(name));
}

interface MigrationContext {
  database: TenantDatabase;
  lock: MigrationLock;
}

/**
 * Indexes of collections that do not exist are left to the first write (`mongo/collections.ts`). A runner that lost its
 * lock begins no step: what one does is idempotent, but not what two do at once.
 *
 * @returns how many namespaces came into being.
 */
async function runMigration(
  { indexes = {}, drops = {}, transform }: Migration,
  { database, lock }: MigrationContext,
): Promise<number> {
  await lock.renew();
  let made = 0;
  for (const [collection, definitions] of Object.entries(indexes)) {
    if (await database.hasCollection(collection)) {
      made += await database.createIndexes(collection, definitions, lock.signal);
    }
  }
  for (const [collection, names] of Object.entries(drops))
    made -= await database.dropIndexes(collection, names);
  await transform?.((name: string): mongo.Collection => database.collection(name), lock.signal);
  lock.signal.throwIfAborted();
  return made;
}

interface LedgerOptions {
  database: TenantDatabase;
  stamps: mongo.Collection<Stamp>;
  own: Own;
  lock: MigrationLock;
  migrations: readonly Migration[];
  step: RunStep;
}

/** umzug's record of what ran, kept in the tenant's stamp and written by the holder of its lock only. */
function ledger({ database, stamps, own, lock, migrations, step }: LedgerOptions) {
  return {
    executed: () => ledgerOf(database, own),
    async logMigration({ name }: { name: string }) {
      const { indexes = {} } = migrations.find((migration) => migration.name === name) ?? {};
      const deferredCollections: string[] = [];
      for (const collection of Object.keys(indexes)) {
        if (!(await database.hasCollection(collection))) deferredCollections.push(collection);
      }
      const { matchedCount } = await step('migrate-log', () =>
        stamps.updateOne(
          { ...lock.held, 'migrations.name': { $ne: name } },
          { $push: { migrations: { name, at: new Date(), deferredCollections } } },
        ),
      );
      if (matchedCount === 0) throw new LockLost();
    },
    async unlogMigration() {
      throw new Error('migrations of tenants only go forward');
    },
  };
}

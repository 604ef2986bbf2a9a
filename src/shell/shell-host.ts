import type { mongo } from 'mongoose';
import { KeyedPool } from '../lib/keyed-pool.ts';
import { BoundModel } from '../mongo/bound-model.ts';
import type { Circuit } from '../mongo/circuit.ts';
import type { ClientPool } from '../mongo/client-pool.ts';
import { Collections } from '../mongo/collections.ts';
import type { DeletionWatch } from '../mongo/deletion-feed.ts';
import { touchedCollections } from '../mongo/migration.ts';
import type { Events } from '../observability/events.ts';
import type { Tenant, TenantId } from '../tenancy/tenant.ts';
import type { ModuleSets } from './module-set.ts';
import type { Shell } from './shell.ts';
import { type Stamp, stampFault, stampModel } from './stamp.ts';
import { unavailable } from './unavailable.ts';

/** The shells, keyed by tenant: the connection pool of this product. */
export type ShellHost = KeyedPool<Tenant, Shell>;

export interface ShellHostOptions {
  clients: ClientPool;
  /** The connection string behind a tenant's placement, unsealed. */
  connectionString(tenant: Tenant): Promise<string>;
  onNamespacesCreated(cluster: string, count: number): void;
  /** False while this node may have missed that a tenant's data went elsewhere. */
  mayWrite(): boolean;
  modules: ModuleSets;
  /** Has a tenant's schema brought up to date in the background while it is served. */
  migrate(tenant: TenantId): void;
  capacity: number;
  drainDeadlineMs: number;
  events: Events;
}

/** How long an idle shell stays open, in milliseconds; it holds a lease of its cluster's client. */
const IDLE_MS = 600_000;

/** Longest a database may take to show its stamp, in milliseconds; connecting has limits of its own. */
const OPEN_DEADLINE_MS = 2_000;

export function createShellHost(options: ShellHostOptions): ShellHost {
  return new KeyedPool<Tenant, Shell>({
    key: (tenant) => tenant.id,
    version: (tenant) => tenant.placement.epoch,
    open: (tenant) => openShell(tenant, options),
    close: (shell) => Promise.resolve(shell.close()),
    capacity: options.capacity,
    idleMs: IDLE_MS,
    abortReason: () => unavailable('the shell was taken away'),
    drainDeadlineMs: options.drainDeadlineMs,
    onCloseError: (err) => options.events.shellCloseFailed({ err }),
  });
}

async function openShell(tenant: Tenant, options: ShellHostOptions): Promise<Shell> {
  const { placement } = tenant;
  const { known, indexes } = options.modules;
  const { migrations, required } = options.modules.of(tenant.modules);
  try {
    const client = options.clients.lease(await options.connectionString(tenant));
    try {
      const { client: connection, deletions, circuit } = await client.value;
      const db = connection.db(placement.database);
      const stamp = await readStamp(db, placement.prefix, circuit);
      requireOwn(stamp, tenant, options.events);
      const ran = new Set(stamp?.migrations.map(({ name }) => name));
      requireKnown(ran, known);
      const pending = migrations.filter(({ name }) => !ran.has(name));
      if (pending.length > 0) options.migrate(tenant.id);
      requireMinimum(ran, required);
      const collections = new Collections(
        ...([db, placement.prefix, indexes] as const),
        (count) => options.onNamespacesCreated(placement.cluster, count),
        touchedCollections(pending),
      );
      const watches: DeletionWatch[] = [];
      return {
        tenant: tenant.id,
        epoch: placement.epoch,
        collections,
        client,
        circuit,
        mayWrite: options.mayWrite,
        caches: new WeakMap(),
        watchDeletions({ collection }, listener) {
          const watch = deletions.watch(placement.database, placement.prefix + collection, listener);
          watches.push(watch);
          return watch;
        },
        close() {
          for (const watch of watches) watch.stop();
          client.release();
        },
      };
    } catch (error) {
      client.release();
      throw error;
    }
  } catch (error) {
    options.events.tenantUnavailable({ tenant: tenant.id, err: error });
    throw unavailable(error);
  }
}

async function readStamp(db: mongo.Db, prefix: string, circuit: Circuit): Promise<Stamp | null> {
  const context = { signal: AbortSignal.timeout(OPEN_DEADLINE_MS), circuit };
  const collection = db.collection<Stamp>(prefix + stampModel.collection);
  return new BoundModel(stampModel, collection, () => Promise.resolve(), context).findOne({ _id: 'stamp' });
}

function requireOwn(stamp: Stamp | null, tenant: Tenant, events: Events): void {
  const found = stampFault(stamp, tenant);
  if (found === undefined) return;
  events.foreignStamp({ tenant: tenant.id, database: tenant.placement.database, found });
  throw new Error(`database ${tenant.placement.database} carries ${found}`);
}

/** A database a newer build has migrated is outside the window this build can serve. */
function requireKnown(ran: ReadonlySet<string>, known: ReadonlySet<string>): void {
  const unknown = [...ran].find((name) => !known.has(name));
  if (unknown !== undefined) throw new Error(`migration ${unknown} was run by a newer build`);
}

/** A database where this build's minimum has not run is outside the window too; it is being brought up to it. */
function requireMinimum(ran: ReadonlySet<string>, required: readonly string[]): void {
  const missing = required.find((name) => !ran.has(name));
  if (missing !== undefined) throw new Error(`migration ${missing} has not run yet`);
}

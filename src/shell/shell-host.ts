import { KeyedPool } from '../lib/keyed-pool.ts';
import { BoundModel } from '../mongo/bound-model.ts';
import type { ClientPool } from '../mongo/client-pool.ts';
import { Collections } from '../mongo/collections.ts';
import type { DeletionWatch } from '../mongo/deletion-feed.ts';
import type { Events } from '../observability/events.ts';
import type { Tenant } from '../tenancy/tenant.ts';
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
  /** Brings a tenant's schema up to date in the background while it is served. */
  migrate(tenant: Tenant): void;
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
      const collections = new Collections(db, placement.prefix, indexes, (count) =>
        options.onNamespacesCreated(placement.cluster, count),
      );
      const watches: DeletionWatch[] = [];
      const shell: Shell = {
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
      const stamp = await readStamp(shell);
      requireOwn(stamp, tenant, options.events);
      const ran = new Set(stamp?.migrations.map(({ name }) => name));
      requireKnown(ran, known);
      if (migrations.some(({ name }) => !ran.has(name))) options.migrate(tenant);
      requireMinimum(ran, required);
      return shell;
    } catch (error) {
      client.release();
      throw error;
    }
  } catch (error) {
    options.events.tenantUnavailable({ tenant: tenant.id, err: error });
    throw unavailable(error);
  }
}

async function readStamp(shell: Shell): Promise<Stamp | null> {
  const context = { signal: AbortSignal.timeout(OPEN_DEADLINE_MS), circuit: shell.circuit };
  const collection = shell.collections.of(stampModel);
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

import type { KeyObject } from 'node:crypto';
import type { mongo } from 'mongoose';
import { KeyedPool } from '../lib/keyed-pool.ts';
import { BoundModel } from '../mongo/bound-model.ts';
import type { Circuit } from '../mongo/circuit.ts';
import type { ClientPool } from '../mongo/client-pool.ts';
import { Collections } from '../mongo/collections.ts';
import type { ChangeWatch } from '../mongo/cluster-feed.ts';
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
  /** The tenant's key for hashes of secrets, unsealed. */
  secretKey(tenant: TenantId): Promise<KeyObject>;
  onNamespacesCreated(cluster: string, count: number): void;
  /** False while this node may have missed that a tenant's data went elsewhere. */
  mayWrite(): boolean;
  modules: ModuleSets;
  /** Has a tenant's schema brought up to date in the background while it is served. */
  migrate(tenant: TenantId): void;
  capacity: number;
  /** How long a shell that must close waits for its requests, in milliseconds. */
  drainDeadlineMs?: number;
  events: Events;
}

/** How long an idle shell stays open, in milliseconds; it holds a lease of its cluster's client. */
const IDLE_MS = 600_000;

const DRAIN_DEADLINE_MS = 10_000;

/** Longest a database may take to show its stamp, in milliseconds; connecting has limits of its own. */
const OPEN_DEADLINE_MS = 2_000;

/** Longest a subscription waits for the change stream of its cluster, in milliseconds. */
const FOLLOW_DEADLINE_MS = 2_000;

export function createShellHost(options: ShellHostOptions): ShellHost {
  return new KeyedPool<Tenant, Shell>({
    key: (tenant) => tenant.id,
    version: (tenant) => tenant.placement.epoch,
    group: (tenant) => tenant.placement.mode,
    open: (tenant) => openShell(tenant, options),
    close: (shell) => Promise.resolve(shell.close()),
    capacity: options.capacity,
    idleMs: IDLE_MS,
    abortReason: () => unavailable('the shell was taken away'),
    drainDeadlineMs: options.drainDeadlineMs ?? DRAIN_DEADLINE_MS,
    onCloseError: (err) => options.events.shellCloseFailed({ err }),
  });
}

async function openShell(tenant: Tenant, options: ShellHostOptions): Promise<Shell> {
  const { placement } = tenant;
  const { known, indexes } = options.modules;
  const { migrations, required } = options.modules.of(tenant.modules);
  try {
    const uri = await options.connectionString(tenant);
    const client = options.clients.lease(uri);
    try {
      const { client: connection, feed, circuit } = await client.value;
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
      const watches: ChangeWatch[] = [];
      let secretKey: KeyObject | undefined;
      const watch: Shell['watch'] = ({ collection }, listener) =>
        feed.watch(placement.database, placement.prefix + collection, listener);
      return {
        tenant: tenant.id,
        epoch: placement.epoch,
        collections,
        client,
        circuit,
        mayWrite: options.mayWrite,
        // Kept itself and not as a promise: on Node 20 a promise keeps the request it was made in, with all that came
        // with it.
        async secretKey() {
          return (secretKey ??= await options.secretKey(tenant.id));
        },
        caches: new WeakMap(),
        watch(watched, listener) {
          const own = watch(watched, listener);
          watches.push(own);
          return own;
        },
        async follow(watched, follower) {
          const lease = options.clients.leaseUntilNeeded(uri);
          const own = watch(watched, follower);
          const stop = () => {
            own.stop();
            lease.release();
            stopWaiting();
          };
          const stopWaiting = lease.abort.onAbort(() => {
            stop();
            follower.onEnd(unavailable('its connections are needed by others'));
          });
          const timeout = AbortSignal.timeout(FOLLOW_DEADLINE_MS);
          const late = new Promise<boolean>((resolve) =>
            timeout.addEventListener('abort', () => resolve(true), { once: true }),
          );
          const isLate = await Promise.race([own.up().then(() => false), late]);
          if (!isLate) return stop;
          stop();
          throw unavailable('the change stream is down');
        },
        close() {
          for (const own of watches) own.stop();
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

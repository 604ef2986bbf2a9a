import { LRUCache } from 'lru-cache';
import { mongo } from 'mongoose';
import { KeyedPool } from '../lib/keyed-pool.ts';
import { sha256 } from '../lib/sha256.ts';
import { Circuit, type CircuitWatch } from './circuit.ts';
import { ClusterFeed, type Watched } from './cluster-feed.ts';
import type { DedicatedBudget } from './dedicated-budget.ts';

/** A client of a cluster, and what changes there. */
export interface ClusterClient {
  readonly client: mongo.MongoClient;
  readonly feed: ClusterFeed;
  readonly circuit: Circuit;
}

/** MongoClients keyed by connection string: one per cluster and credential, however many tenants share it. */
export type ClientPool = KeyedPool<string, ClusterClient>;

export interface ClientPoolOptions {
  /** Connections that a client of this cluster may open; undefined for a deployment of a tenant's own. */
  poolSizeOf(uri: string): number | undefined;
  /** What those may open. */
  dedicated: DedicatedBudget;
  /** Clients kept open while no shell uses them. */
  idleClients: number;
  /** What caches and subscriptions want to hear of. */
  watched: readonly Watched[];
  onCloseError(error: unknown): void;
  circuits: CircuitWatch;
}

/** The group of the clients of tenants' own deployments, called as the mode of such tenants. */
export const DEDICATED = 'DEDICATED';

/** How long a client stays open while no shell uses it, in milliseconds. */
const IDLE_MS = 60_000;

/** How long a client of a vanished shell may still be waited for, in milliseconds. */
const DRAIN_DEADLINE_MS = 10_000;

/** How long nobody tries again to reach a cluster that could not be reached, in milliseconds. */
const UNREACHABLE_MS = 1_000;

export function createClientPool(options: ClientPoolOptions): ClientPool {
  const unreachable = new LRUCache<string, Error>({ max: 1_000, ttl: UNREACHABLE_MS });
  const refuseUnreachable = (uri: string) => {
    const error = unreachable.get(sha256(uri));
    if (error !== undefined) throw error;
  };
  const places = new WeakMap<ClusterClient, () => void>();
  const connect = async (uri: string, poolSize: number): Promise<ClusterClient> => {
    const client = newClient(uri, poolSize);
    const circuit = new Circuit(client, options.circuits);
    try {
      await client.connect();
    } catch (error) {
      await client.close().catch(() => undefined);
      unreachable.set(sha256(uri), error as Error);
      throw error;
    }
    return { client, feed: new ClusterFeed(client, options.watched), circuit };
  };
  return new KeyedPool<string, ClusterClient>({
    // Hashed, so that no credential is a key of anything that could be printed.
    key: sha256,
    version: () => 0,
    group: (uri) => (options.poolSizeOf(uri) === undefined ? DEDICATED : 'clusters'),
    open: async (uri) => {
      refuseUnreachable(uri);
      const size = options.poolSizeOf(uri);
      if (size !== undefined) return connect(uri, size);
      const leave = await options.dedicated.take();
      try {
        const opened = await connect(uri, options.dedicated.poolSize);
        places.set(opened, leave);
        return opened;
      } catch (error) {
        leave();
        throw error;
      }
    },
    close: async (opened) => {
      try {
        await opened.feed[Symbol.asyncDispose]();
        await opened.client.close();
      } finally {
        places.get(opened)?.();
      }
    },
    capacity: options.idleClients,
    idleMs: IDLE_MS,
    drainDeadlineMs: DRAIN_DEADLINE_MS,
    onCloseError: options.onCloseError,
  });
}

/**
 * Its time limits together bound an unreachable server; the driver's own `timeoutMS` does nothing in
 * this version (FACTS), so a request's abort signal bounds the rest.
 */
function newClient(uri: string, poolSize: number): mongo.MongoClient {
  return new mongo.MongoClient(uri, {
    maxPoolSize: poolSize,
    connectTimeoutMS: 1_000,
    serverSelectionTimeoutMS: 1_500,
    waitQueueTimeoutMS: 2_000,
    retryReads: true,
    retryWrites: true,
    appName: 'tenant-gateway',
    // Together with connectTimeoutMS: a server that falls silent is missed within 1.5 s, one that is back within 1 s.
    heartbeatFrequencyMS: 500,
  });
}

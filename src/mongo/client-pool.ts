import { mongo } from 'mongoose';
import { KeyedPool } from '../lib/keyed-pool.ts';
import { sha256 } from '../lib/sha256.ts';
import { DeletionFeed } from './deletion-feed.ts';

/** A client of a cluster, and what is deleted there. */
export interface ClusterClient {
  readonly client: mongo.MongoClient;
  readonly deletions: DeletionFeed;
}

/** MongoClients keyed by connection string: one per cluster and credential, however many tenants share it. */
export type ClientPool = KeyedPool<string, ClusterClient>;

export interface ClientPoolOptions {
  /** Connections that a client of this connection string may open. */
  poolSizeOf(uri: string): number;
  /** Clients kept open while no shell uses them. */
  idleClients: number;
  /** Collections whose deletions caches want to know of. */
  watchedCollections: readonly string[];
  onCloseError(error: unknown): void;
}

/** How long a client stays open while no shell uses it, in milliseconds. */
const IDLE_MS = 60_000;

/** How long a client of a vanished shell may still be waited for, in milliseconds. */
const DRAIN_DEADLINE_MS = 10_000;

export function createClientPool(options: ClientPoolOptions): ClientPool {
  return new KeyedPool<string, ClusterClient>({
    // Hashed, so that no credential is a key of anything that could be printed.
    key: sha256,
    version: () => 0,
    open: async (uri) => {
      const client = await connect(uri, options.poolSizeOf(uri));
      return { client, deletions: new DeletionFeed(client, options.watchedCollections) };
    },
    close: async ({ client, deletions }) => {
      await deletions[Symbol.asyncDispose]();
      await client.close();
    },
    capacity: options.idleClients,
    idleMs: IDLE_MS,
    drainDeadlineMs: DRAIN_DEADLINE_MS,
    onCloseError: options.onCloseError,
  });
}

/**
 * Connects with time limits that together bound an unreachable server; the driver's own `timeoutMS` does nothing in
 * this version (FACTS), so a request's abort signal bounds the rest.
 */
async function connect(uri: string, poolSize: number): Promise<mongo.MongoClient> {
  const client = new mongo.MongoClient(uri, {
    maxPoolSize: poolSize,
    connectTimeoutMS: 1_000,
    serverSelectionTimeoutMS: 1_500,
    waitQueueTimeoutMS: 2_000,
    retryReads: true,
    retryWrites: true,
    appName: 'tenant-gateway',
  });
  try {
    return await client.connect();
  } catch (error) {
    await client.close().catch(() => undefined);
    throw error;
  }
}

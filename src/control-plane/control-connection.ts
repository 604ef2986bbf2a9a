import { sha256 } from '../lib/sha256.ts';
import type { ClientPool } from '../mongo/client-pool.ts';
import { DEFAULT_CLUSTER } from './cluster-record.ts';
import { ConnectionShares, type ConnectionSharesOptions } from './connection-shares.ts';
import { type ControlDatabase, openControlDatabase } from './control-database.ts';

export interface ControlConnectionOptions {
  clients: ClientPool;
  uri: string;
  database: string;
  /** What this process would open where there is enough (`POOL_SIZE`). */
  poolSize: number;
  /** Receives how many connections a client of a connection string may open. */
  poolSizes: Map<string, number>;
  onNear: ConnectionSharesOptions['onNear'];
}

/** The control database over the first cluster's client, for as long as the process lives. */
export interface ControlConnection extends AsyncDisposable {
  control: ControlDatabase;
  shares: ConnectionShares;
}

/** @throws when MongoDB cannot be reached. */
export async function connectControl(options: ControlConnectionOptions): Promise<ControlConnection> {
  const { clients, uri, database, poolSize, poolSizes, onNear } = options;
  poolSizes.set(uri, poolSize);
  const lease = clients.lease(uri);
  try {
    const { client } = await lease.value.catch((cause: Error) => {
      throw new Error(`MongoDB (MONGODB_URI) cannot be reached: ${cause.message}`, { cause });
    });
    const control = await openControlDatabase(client, database);
    const shares = new ConnectionShares({ control, poolSize, onNear });
    const size = await shares.take(DEFAULT_CLUSTER);
    if (size >= poolSize) {
      return {
        control,
        shares,
        async [Symbol.asyncDispose]() {
          await shares[Symbol.asyncDispose]().finally(() => lease.release());
        },
      };
    }
    await shares[Symbol.asyncDispose]();
    lease.release();
    await clients.evict(sha256(uri));
    // The share is known only once it can be asked for, and a client cannot be made smaller: it is opened again.
    return await connectControl({ ...options, poolSize: size });
  } catch (error) {
    lease.release();
    throw error;
  }
}

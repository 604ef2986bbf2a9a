import { mongo } from 'mongoose';
import type { ClientPool } from '../mongo/client-pool.ts';

/** What a deployment says of itself. */
export interface DeploymentLook {
  /** It answered in time, and by a member that takes writes. */
  isHealthy: boolean;
  /** Connections it has open, of everybody; null where we may not ask. */
  openConnections: number | null;
  /** The server process that takes its writes; undefined where it does not tell. */
  process?: string | undefined;
  /** Why it is not healthy. */
  err?: unknown;
}

/** How long a deployment may take to answer, in milliseconds; connecting has limits of its own. */
const LOOK_MS = 2_000;

/** Sections of the status that are not wanted and cost the server something to tell. */
const LEFT_OUT = Object.fromEntries(
  ['metrics', 'locks', 'wiredTiger', 'repl', 'opcounters', 'network', 'transactions', 'tcmalloc'].map(
    (section) => [section, 0],
  ),
);

/** Asks a deployment how it is. Never throws: what goes wrong is the answer. */
export async function lookAtDeployment(clients: ClientPool, uri: string): Promise<DeploymentLook> {
  const lease = clients.lease(uri);
  try {
    const admin = (await lease.value).client.db('admin');
    const signal = AbortSignal.timeout(LOOK_MS);
    const hello = await admin.command({ hello: 1 }, { signal });
    if (hello['isWritablePrimary'] !== true) throw new Error('it takes no writes');
    return {
      isHealthy: true,
      openConnections: await openConnections(admin, signal),
      process: processOf(hello),
    };
  } catch (err) {
    return { isHealthy: false, openConnections: null, err };
  } finally {
    lease.release();
  }
}

/**
 * Which server process answered `hello`. Made anew at each of its starts, it is the same by whichever name, road or
 * credential one comes, and no other deployment's.
 */
export function processOf(hello: mongo.Document): string | undefined {
  const { processId } = (hello['topologyVersion'] ?? {}) as { processId?: mongo.ObjectId };
  return processId?.toHexString();
}

async function openConnections(admin: mongo.Db, signal: AbortSignal): Promise<number | null> {
  try {
    const { connections } = await admin.command({ serverStatus: 1, ...LEFT_OUT }, { signal });
    return (connections as { current: number }).current;
  } catch (error) {
    // The status needs the role clusterMonitor, which a deployment need not give us.
    if (error instanceof mongo.MongoServerError) return null;
    throw error;
  }
}

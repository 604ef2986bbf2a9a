import type { ClientPool } from '../mongo/client-pool.ts';
import type { Events } from '../observability/events.ts';
import type { ClusterGauges } from '../observability/metrics.ts';
import { type ClusterRecord, connectionsOf, usedOf } from './cluster-record.ts';
import type { Clusters } from './clusters.ts';
import { type DeploymentLook, lookAtDeployment } from './deployment-look.ts';

/** Pause between two looks at the clusters, in milliseconds. */
const INTERVAL_MS = 2_000;

/** How long a look counts, in milliseconds; longer than a slow look and the pause after it. */
const FRESH_MS = 8_000;

/** A cluster as it is now. */
export interface ClusterState {
  record: ClusterRecord;
  look: DeploymentLook;
}

export interface ClusterMonitorOptions {
  clusters: Clusters;
  clients: ClientPool;
  /** Told of each cluster that is healthy, after each look. */
  onHealthy(record: ClusterRecord): Promise<void>;
  events: Events;
}

/** Looks at every cluster every few seconds, so that no tenant is placed on one that does not answer. */
export function createClusterMonitor({ clusters, clients, onHealthy, events }: ClusterMonitorOptions) {
  const seen = new Map<string, ClusterState & { at: number }>();
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<unknown> = Promise.resolve();
  let isClosed = false;

  async function look(record: ClusterRecord): Promise<ClusterState> {
    const name = record._id;
    let found: DeploymentLook;
    try {
      found = await lookAtDeployment(clients, await clusters.uriOf(name));
    } catch (err) {
      found = { isHealthy: false, openConnections: null, err };
    }
    const wasHealthy = seen.get(name)?.look.isHealthy ?? true;
    if (!isClosed && wasHealthy !== found.isHealthy) {
      if (found.isHealthy) events.clusterReachable({ cluster: name });
      else events.clusterUnreachable({ cluster: name, err: found.err });
    }
    const state = { record, look: found, at: performance.now() };
    seen.set(name, state);
    return state;
  }

  async function lookAtAll(): Promise<void> {
    try {
      const records = await clusters.all();
      await Promise.all(
        records.map(async (record) => {
          const { look: found } = await look(record);
          if (found.isHealthy && !isClosed) await onHealthy(record);
        }),
      );
    } catch (err) {
      // The control database is away; what was seen of the clusters grows stale.
      events.clusterLookFailed({ err });
    }
  }

  return {
    /** A cluster as it was seen within the last seconds; looks at once when nobody did. */
    async state(record: ClusterRecord): Promise<ClusterState> {
      const known = seen.get(record._id);
      if (known !== undefined && known.at + FRESH_MS > performance.now()) return { ...known, record };
      return look(record);
    },
    /** The cluster whose writes a server process takes, as far as they answer. */
    async servedBy(process: string): Promise<string | undefined> {
      const states = await Promise.all((await clusters.all()).map((record) => this.state(record)));
      return states.find(({ look: found }) => found.process === process)?.record._id;
    },
    /** The clusters that did not answer when they were last looked at. */
    unhealthy(): string[] {
      return [...seen.values()]
        .filter(({ look: { isHealthy } }) => !isHealthy)
        .map(({ record }) => record._id);
    },
    gauges: (): ClusterGauges[] =>
      [...seen.values()].map(({ record, look: { isHealthy } }) => ({
        cluster: record._id,
        budget: record.budget,
        used: usedOf(record),
        connectionBudget: record.connectionBudget,
        connections: connectionsOf(record),
        isHealthy,
      })),
    /** Looks now and then again and again. */
    start(): void {
      looking = lookAtAll().then(() => {
        if (!isClosed) timer = setTimeout(() => this.start(), INTERVAL_MS);
      });
    },
    async [Symbol.asyncDispose](): Promise<void> {
      isClosed = true;
      clearTimeout(timer);
      await looking;
    },
  };
}

export type ClusterMonitor = ReturnType<typeof createClusterMonitor>;

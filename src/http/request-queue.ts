import { FairQueue } from '../lib/fair-queue.ts';
import type { Metrics } from '../observability/metrics.ts';

/** Requests in flight for one cluster, and waiting in all. */
const LIMITS = { maxInFlight: 256, maxWaiting: 10_000, maxWaitingPerLane: 1_000, maxWaitMs: 5_000 };

/** The queue in which tenants take turns. */
export function requestQueue(metrics: Metrics): FairQueue {
  return new FairQueue({ ...LIMITS, onWaited: (ms) => metrics.queueSeconds.observe(ms / 1_000) });
}

import type { FairQueue } from '../lib/fair-queue.ts';
import type { Tenant } from '../tenancy/tenant.ts';
import type { Stage } from './stage.ts';

/** Lets the tenants' requests in by turns. Whoever waits holds no lease yet, and leaves when its caller hangs up. */
export function useFairQueue(queue: FairQueue): Stage {
  return async (exchange, next) => {
    const { tenant, abort } = exchange;
    if (tenant === undefined) return next();
    const turn = queue.enter(tenant.id, clusterOf(tenant), abort.signal);
    if (turn !== undefined) await turn;
    try {
      await next();
    } finally {
      queue.leave(tenant.id);
    }
  };
}

/** A tenant with a deployment of its own shares it with nobody. */
function clusterOf({ id, placement }: Tenant): string {
  return placement.sealedConnectionString === null ? placement.cluster : id;
}

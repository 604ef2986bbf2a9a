import type { FairQueue } from '../lib/fair-queue.ts';
import type { Tenant } from '../tenancy/tenant.ts';
import type { Stage } from './stage.ts';

/** One group for all clusters that are silent: whoever is refused at once takes no room from those that are served. */
const SILENT = ' (silent)';

/**
 * Lets the tenants' requests in by turns. Whoever waits holds no lease yet, and leaves when its caller hangs up.
 *
 * @param isSilent - true while the commands of a tenant are refused at once, because its cluster does not answer.
 */
export function useFairQueue(queue: FairQueue, isSilent: (tenant: Tenant) => boolean): Stage {
  return async (exchange, next) => {
    const { tenant, abort } = exchange;
    if (tenant === undefined) return next();
    // Places of their own: those who came before the circuit opened may wait for an answer until their deadlines.
    const silent = isSilent(tenant);
    const lane = silent ? tenant.id + SILENT : tenant.id;
    const turn = queue.enter(lane, silent ? SILENT : clusterOf(tenant), abort);
    if (turn !== undefined) await turn;
    try {
      await next();
    } finally {
      queue.leave(lane);
    }
  };
}

/** A tenant with a deployment of its own shares it with nobody. */
function clusterOf({ id, placement }: Tenant): string {
  return placement.sealedConnectionString === null ? placement.cluster : id;
}

import type { FairQueue } from '../lib/fair-queue.ts';
import type { Tenant } from '../tenancy/tenant.ts';
import type { Stage } from './stage.ts';

/**
 * Lets the tenants' requests in by turns. Whoever waits holds no lease yet, and leaves when its caller hangs up.
 *
 * @param isSilent - true while the commands of a tenant are refused at once, because its cluster does not answer.
 */
export function useFairQueue(queue: FairQueue, isSilent: (tenant: Tenant) => boolean): Stage {
  return async (exchange, next) => {
    const { tenant, abort } = exchange;
    if (tenant === undefined) return next();
    // Places of its own: those who came before the circuit opened may wait for an answer until their deadlines.
    const mark = isSilent(tenant) ? ' (silent)' : '';
    const lane = tenant.id + mark;
    const turn = queue.enter(lane, clusterOf(tenant) + mark, abort.signal);
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

import type { Sts } from '../sts/sts.ts';
import type { Stage } from './stage.ts';

/** What a tenant's identity provider publishes: out of memory, without a turn, a lease or the tenant's database. */
export function usePublished(sts: Pick<Sts, 'published'>): Stage {
  return (exchange, next) => {
    const { route, tenant, request } = exchange;
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (route.kind !== 'sts' || tenant === undefined || !isRead) return next();
    exchange.reply = sts.published(tenant, route.path);
    return exchange.reply === undefined ? next() : Promise.resolve();
  };
}

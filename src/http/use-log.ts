import { isAbortError } from '../lib/deadline.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Stage } from './stage.ts';

/** What is written down for a caller that hung up, who is answered nothing; a status of no standard, but widely read. */
const HUNG_UP = 499;

/** One log line and one measurement for every request, however it ends. */
export function useLog(metrics: Metrics): Stage {
  return async (exchange, next) => {
    await next();
    const { route, request, tenant, claim, reason, operation, reply, abort } = exchange;
    const hasHungUp = isAbortError(abort.signal.reason);
    const codes = hasHungUp ? [] : exchange.codes;
    const durationMs = performance.now() - exchange.startedAtMs;
    const status = hasHungUp ? HUNG_UP : (reply?.status ?? 500);
    metrics.requests.inc({ route: route.label, status: `${Math.floor(status / 100)}xx` });
    metrics.requestSeconds.observe({ route: route.label }, durationMs / 1_000);
    for (const code of codes) metrics.errors.inc({ code });
    exchange.log.info(
      {
        method: request.method,
        route: route.label,
        status,
        durationMs: Math.round(durationMs * 10) / 10,
        identifier: tenant?.identifier,
        client: claim?.principal.kind === 'anonymous' ? undefined : claim?.principal.clientId,
        operation,
        codes: codes.length === 0 ? undefined : codes,
        reason,
      },
      'request',
    );
  };
}

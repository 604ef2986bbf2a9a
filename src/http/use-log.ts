import type { Metrics } from '../observability/metrics.ts';
import type { Stage } from './stage.ts';

/** One log line and one measurement for every request, however it ends. */
export function useLog(metrics: Metrics): Stage {
  return async (exchange, next) => {
    await next();
    const { route, request, tenant, claim, codes, reason, operation, reply } = exchange;
    const durationMs = performance.now() - exchange.startedAtMs;
    const status = reply?.status ?? 500;
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

import type { Metrics } from '../observability/metrics.ts';
import { type Exchange, hasHungUp } from './exchange.ts';
import type { Stage } from './stage.ts';

/** What is written down for a caller that hung up, who is answered nothing; a status of no standard, but widely read. */
const HUNG_UP = 499;

/** One log line and one measurement for every request, however it ends; for a stream, once it has ended. */
export function useLog(metrics: Metrics): Stage {
  const write = (exchange: Exchange): void => {
    const { route, request, tenant, claim, reason, operation, reply, stream } = exchange;
    const isLeft = hasHungUp(exchange);
    // To hang up is how a subscriber ends its stream.
    const isCut = isLeft && stream === undefined;
    const codes = isLeft ? [] : exchange.codes;
    const durationMs = performance.now() - exchange.startedAtMs;
    const status = isCut ? HUNG_UP : (reply?.status ?? 500);
    metrics.requests.inc({ route: route.label, status: `${Math.floor(status / 100)}xx` });
    // A stream takes as long as its subscriber stays, which is nobody's having to wait.
    if (stream === undefined) metrics.requestSeconds.observe({ route: route.label }, durationMs / 1_000);
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
        events: stream?.eventCount,
        codes: codes.length === 0 ? undefined : codes,
        reason,
      },
      stream === undefined ? 'request' : 'stream',
    );
  };
  return async (exchange, next) => {
    await next();
    if (exchange.stream === undefined) write(exchange);
    else void exchange.stream.closed.then(() => write(exchange));
  };
}

import { deadlineExceeded } from '../lib/deadline.ts';
import { optionValue } from '../tenancy/option.ts';
import type { Exchange } from './exchange.ts';
import { requestDeadlineMs } from './request-deadline.ts';
import type { Stage } from './stage.ts';

/** How long after the deadline a request that ignores its signal is given up, in milliseconds. */
const GRACE_MS = 150;

/** Aborts everything a request has under way when its time is up. */
export function useDeadline(deadlineMs: number): Stage {
  return (exchange, next) => within(deadlineMs, exchange, next);
}

/** The same for a tenant that gives its requests less time; the others pay nothing for it. */
export function useTenantDeadline(platformMs: number): Stage {
  return (exchange, next) => {
    const { tenant, startedAtMs } = exchange;
    const ownMs = tenant === undefined ? platformMs : optionValue(requestDeadlineMs, [tenant.settings]);
    if (ownMs >= platformMs) return next();
    return within(ownMs - (performance.now() - startedAtMs), exchange, next);
  };
}

/** With no more promises than that: every request passes here. */
function within(ms: number, { abort }: Exchange, next: () => Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    let timer = setTimeout(() => {
      abort.abort(deadlineExceeded());
      timer = setTimeout(() => reject(deadlineExceeded()), GRACE_MS);
    }, ms);
    const settle =
      <V>(how: (value: V) => void) =>
      (value: V) => {
        clearTimeout(timer);
        how(value);
      };
    next().then(settle(resolve), settle(reject));
  });
}

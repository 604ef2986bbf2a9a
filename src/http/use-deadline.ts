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

async function within(ms: number, { abort }: Exchange, next: () => Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      abort.abort(deadlineExceeded());
      timer = setTimeout(() => reject(deadlineExceeded()), GRACE_MS);
    }, ms);
  });
  try {
    await Promise.race([next(), late]);
  } finally {
    clearTimeout(timer);
  }
}

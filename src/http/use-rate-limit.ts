import { CodedError } from '../lib/coded-error.ts';
import type { Exchange } from './exchange.ts';
import type { RateBudget } from './rate-budgets.ts';
import { type PlatformRates, rateBudgets } from './rate-budgets.ts';
import { type RateCount, type RateCounter, WINDOW_SECONDS } from './rate-counter.ts';
import type { Stage } from './stage.ts';

/**
 * Counts a tenant's requests and tells in every answer how many are left (draft-ietf-httpapi-ratelimit-headers-10).
 * Where nothing is limited nothing is counted.
 */
export function useRateLimit(counter: RateCounter, platform: PlatformRates): Stage {
  return (exchange, next) => {
    const { tenant } = exchange;
    const budgets = tenant === undefined ? [] : rateBudgets(tenant, exchange, platform);
    return budgets.length === 0 ? next() : counted(exchange, budgets, next);
  };

  async function counted(
    exchange: Exchange,
    budgets: RateBudget[],
    next: () => Promise<void>,
  ): Promise<void> {
    for (const [index, budget] of budgets.entries()) {
      // The narrow one first: who is over it must not use up what all share.
      const count = await counter.count(budget.key);
      const told = index === 0 ? undefined : exchange.rateHeaders;
      exchange.rateHeaders = headersOf(budget, count, told);
      if (count.used > budget.limit) throw rateLimited(count.resetMs);
    }
    await next();
  }
}

export function rateLimited(retryAfterMs: number): CodedError {
  return new CodedError('RATE_LIMITED', 'Too many requests; try again later.', { retryAfterMs });
}

function headersOf(
  { name, limit }: RateBudget,
  { used, resetMs }: RateCount,
  told: Record<string, string> = {},
): Record<string, string> {
  const and = (header: string) => (told[header] === undefined ? '' : `${told[header]}, `);
  const left = Math.max(0, limit - used);
  return {
    'ratelimit-policy': `${and('ratelimit-policy')}"${name}";q=${limit};w=${WINDOW_SECONDS}`,
    ratelimit: `${and('ratelimit')}"${name}";r=${left};t=${Math.ceil(resetMs / 1_000)}`,
  };
}

import { LRUCache } from 'lru-cache';
import { CodedError } from '../lib/coded-error.ts';
import type { ErrorCode } from '../lib/error-codes.ts';
import { networkOf } from '../lib/network-of.ts';
import { memoryRateCounter } from './rate-counter.ts';
import type { Stage } from './stage.ts';
import { rateLimited } from './use-rate-limit.ts';

/** What guessing of tenants, hosts and tokens is answered with. */
const REFUSALS: readonly ErrorCode[] = [
  'TENANT_REQUIRED',
  'TENANT_NOT_FOUND',
  'TENANT_MISMATCH',
  'UNAUTHENTICATED',
];

/** Addresses kept out at once. */
const MAX_BLOCKED = 10_000;

/**
 * Keeps out addresses whose requests lead to no tenant again and again, before anything is looked up for them.
 *
 * @param limit - such requests a minute; 0: no limit.
 */
export function useAddressLimit(limit: number): Stage {
  if (limit === 0) return (_exchange, next) => next();
  const counter = memoryRateCounter();
  const blockedUntil = new LRUCache<string, number>({ max: MAX_BLOCKED });
  return async ({ address }, next) => {
    if (blockedUntil.size > 0) {
      const leftMs = (blockedUntil.get(networkOf(address)) ?? 0) - Date.now();
      if (leftMs > 0) throw rateLimited(leftMs);
    }
    try {
      await next();
    } catch (error) {
      if (error instanceof CodedError && REFUSALS.includes(error.code)) {
        const network = networkOf(address);
        const { used, resetMs } = await counter.count(network);
        if (used >= limit) blockedUntil.set(network, Date.now() + resetMs);
      }
      throw error;
    }
  };
}

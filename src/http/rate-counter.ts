import type { mongo } from 'mongoose';
import { RateLimiterMemory, RateLimiterMongo } from 'rate-limiter-flexible';
import { BoundedLimiter } from '../lib/bounded-limiter.ts';

/** Requests counted in the current window. */
export interface RateCount {
  used: number;
  /** Until the window ends, in milliseconds. */
  resetMs: number;
}

/** Counts requests by key in windows of {@link WINDOW_SECONDS}. What is too many is decided by whoever asks. */
export interface RateCounter {
  count(key: string): Promise<RateCount>;
}

export const WINDOW_SECONDS = 60;

/** Never the limiter's own verdict: the limits differ from tenant to tenant. */
const window = { points: Number.MAX_SAFE_INTEGER, duration: WINDOW_SECONDS };

/** Counts what comes to this node. */
export function memoryRateCounter(): RateCounter {
  const limiter = new BoundedLimiter(window);
  return {
    async count(key) {
      const { consumedPoints, msBeforeNext } = await limiter.consume(key);
      return { used: consumedPoints, resetMs: msBeforeNext };
    },
  };
}

/** Counts what comes to all nodes, for one more command to the control database with each key of a request. */
export function sharedRateCounter(db: mongo.Db): RateCounter {
  const create = () =>
    new RateLimiterMongo({
      ...window,
      storeClient: db.client,
      dbName: db.databaseName,
      tableName: 'rate_counts',
      keyPrefix: 'rate',
      // While the database is away each node counts for itself.
      insuranceLimiter: new RateLimiterMemory(window),
    });
  // Made at the first request: a limiter makes its collection as it is made, for the command line too.
  let limiter: ReturnType<typeof create> | undefined;
  return {
    async count(key) {
      limiter ??= create();
      const { consumedPoints, msBeforeNext } = await limiter.consume(key);
      return { used: consumedPoints, resetMs: msBeforeNext };
    },
  };
}

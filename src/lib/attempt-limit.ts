import { RateLimiterRes } from 'rate-limiter-flexible';
import { BoundedLimiter } from './bounded-limiter.ts';

/** Counts attempts by key on this node, and tells when there were too many. */
export class AttemptLimit {
  readonly #limiter: BoundedLimiter;

  /** `count` attempts within `seconds`, from the first on. */
  constructor({ count, seconds }: { count: number; seconds: number }) {
    this.#limiter = new BoundedLimiter({ points: count, duration: seconds });
  }

  /** Counts one. @returns milliseconds until the next may be tried; undefined: this one may. */
  async take(key: string): Promise<number | undefined> {
    try {
      await this.#limiter.consume(key);
      return undefined;
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      return refusal.msBeforeNext;
    }
  }

  /** One that counted was fine. */
  giveBack(key: string): Promise<void> {
    return this.#limiter.giveBack(key);
  }
}

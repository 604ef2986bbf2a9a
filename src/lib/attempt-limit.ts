import { LRUCache } from 'lru-cache';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

/** Keys counted at once; the one longest unused is forgotten first. */
const MAX_KEYS = 50_000;

/** Counts attempts by key on this node, and tells when there were too many. */
export class AttemptLimit {
  readonly #limiter: RateLimiterMemory;
  readonly #known: LRUCache<string, true>;

  /** `count` attempts within `seconds`, from the first on. */
  constructor({ count, seconds }: { count: number; seconds: number }) {
    const limiter = new RateLimiterMemory({ points: count, duration: seconds });
    this.#limiter = limiter;
    this.#known = new LRUCache({
      max: MAX_KEYS,
      dispose: (_value, key, reason) => void (reason === 'evict' && limiter.delete(key)),
    });
  }

  /** Counts one. @returns milliseconds until the next may be tried; undefined: this one may. */
  async take(key: string): Promise<number | undefined> {
    this.#known.set(key, true);
    try {
      await this.#limiter.consume(key);
      return undefined;
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      return refusal.msBeforeNext;
    }
  }

  /** One that counted was fine. */
  async giveBack(key: string): Promise<void> {
    await this.#limiter.reward(key);
  }
}

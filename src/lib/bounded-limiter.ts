import { LRUCache } from 'lru-cache';
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';

/** Keys counted at once; the one longest unused is forgotten first. */
const MAX_KEYS = 50_000;

/** Counts by key on this node, of so many keys at most: whoever makes up keys fills no memory. */
export class BoundedLimiter {
  readonly #limiter: RateLimiterMemory;
  readonly #known: LRUCache<string, true>;

  /** `points` within `duration` seconds, from the first on. */
  constructor(window: { points: number; duration: number }) {
    const limiter = new RateLimiterMemory(window);
    this.#limiter = limiter;
    this.#known = new LRUCache({
      max: MAX_KEYS,
      dispose: (_value, key, reason) => void (reason === 'evict' && limiter.delete(key)),
    });
  }

  /** Counts one. @throws {RateLimiterRes} when that is too many. */
  consume(key: string): Promise<RateLimiterRes> {
    this.#known.set(key, true);
    return this.#limiter.consume(key);
  }

  /** Takes one back. */
  async giveBack(key: string): Promise<void> {
    await this.#limiter.reward(key);
  }
}

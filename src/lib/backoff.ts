/** Keys remembered; of more than these the one that failed first is tried again at once. */
const MAX_KEYS = 10_000;

export interface BackoffOptions {
  /** Pause after the first failure, in milliseconds; doubled by each one after it. */
  firstMs: number;
  /** Longest pause, in milliseconds. */
  longestMs: number;
}

/** Remembers what failed, so that it is not tried again and again while others wait. */
export class Backoff {
  readonly #options: BackoffOptions;
  readonly #failed = new Map<string, { pauseMs: number; until: number }>();

  constructor(options: BackoffOptions) {
    this.#options = options;
  }

  isDue(key: string): boolean {
    return (this.#failed.get(key)?.until ?? 0) <= performance.now();
  }

  /** What is not to be tried yet. */
  waiting(): string[] {
    return [...this.#failed.keys()].filter((key) => !this.isDue(key));
  }

  failed(key: string): void {
    const { firstMs, longestMs } = this.#options;
    const before = this.#failed.get(key);
    const pauseMs = before === undefined ? firstMs : Math.min(before.pauseMs * 2, longestMs);
    this.#failed.set(key, { pauseMs, until: performance.now() + pauseMs });
    const [oldest] = this.#failed.keys();
    if (this.#failed.size > MAX_KEYS && oldest !== undefined) this.#failed.delete(oldest);
  }

  succeeded(key: string): void {
    this.#failed.delete(key);
  }
}

import { isNearBudget } from '../lib/budget-alert.ts';
import { CodedError } from '../lib/coded-error.ts';

export interface DedicatedBudgetOptions {
  /** Connections this process may open to deployments of tenants' own, all of them together. */
  connections: number;
  /** What a client may open where there is enough (`POOL_SIZE`). */
  poolSize: number;
  /** Closes what was used least recently and is idle now. Settles when it is closed; undefined when all are in use. */
  closeIdle(): Promise<void> | undefined;
  /** Told when the use comes to four fifths of the budget, once for each time. */
  onNear(use: { used: number; budget: number }): void;
}

/** A change stream pins one, a transaction another; the rest is for requests of a single tenant. */
const MAX_POOL_SIZE = 10;

/** How soon somebody may ask again when every client is in use, in milliseconds. */
const RETRY_MS = 2_000;

/**
 * Keeps the clients of tenants with a deployment of their own within a number of connections. Clusters have shares of a
 * budget of the whole fleet; such a deployment serves one tenant, so what is bounded is what they all cost this process.
 */
export class DedicatedBudget {
  /** Connections that a client of one tenant's deployment may open. */
  readonly poolSize: number;
  readonly connections: number;
  readonly #options: DedicatedBudgetOptions;
  readonly #mostClients: number;
  readonly #leaving = new Set<Promise<void>>();
  #clients = 0;
  #waiting = 0;
  #isNear = false;

  constructor(options: DedicatedBudgetOptions) {
    this.#options = options;
    this.connections = options.connections;
    this.poolSize = Math.min(MAX_POOL_SIZE, options.poolSize, options.connections);
    this.#mostClients = Math.floor(options.connections / this.poolSize);
  }

  /** Connections the open clients may have. */
  get used(): number {
    return this.#clients * this.poolSize;
  }

  /**
   * Takes the place of one client; one that is idle is closed for it where all are taken.
   *
   * @returns what gives the place back, once the client is closed.
   * @throws {CodedError} CAPACITY_EXHAUSTED when all of them are in use.
   */
  async take(): Promise<() => void> {
    while (this.#clients >= this.#mostClients) await this.#somebodyToLeave();
    this.#clients += 1;
    this.#alertWhenCrossed();
    return () => {
      this.#clients -= 1;
      // A place that somebody waits for is taken again at once.
      if (this.#waiting === 0 && !isNearBudget(this.#use)) this.#isNear = false;
    };
  }

  async #somebodyToLeave(): Promise<void> {
    const closing = this.#options.closeIdle();
    if (closing !== undefined) {
      const gone: Promise<void> = closing.then(() => void this.#leaving.delete(gone));
      this.#leaving.add(gone);
    }
    if (this.#leaving.size === 0) {
      throw new CodedError('CAPACITY_EXHAUSTED', 'No connections are left for deployments of tenants’ own.', {
        retryAfterMs: RETRY_MS,
      });
    }
    this.#waiting += 1;
    await Promise.race(this.#leaving).finally(() => (this.#waiting -= 1));
  }

  #alertWhenCrossed(): void {
    if (this.#isNear || !isNearBudget(this.#use)) return;
    this.#isNear = true;
    this.#options.onNear(this.#use);
  }

  get #use() {
    return { used: this.used, budget: this.connections };
  }
}

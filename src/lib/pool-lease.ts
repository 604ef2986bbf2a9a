import { Abort } from './abort.ts';
import type { Holder, PoolEntry } from './pool-entry.ts';

/**
 * A counted right to use a pooled value. Releasing twice is harmless.
 *
 * A class with what it needs made when it is asked for: every value that is open because another one is has such a
 * lease, and closures, accessors and a signal of its own would take a kilobyte of each.
 */
export class PoolLease<V> implements Holder {
  readonly givesWay: boolean;
  readonly #entry: PoolEntry<V>;
  readonly #onLastRelease: (entry: PoolEntry<V>) => void;
  #abort: Abort | undefined;

  /** `onLastRelease`: told when nobody has a lease of the entry any more. */
  constructor(entry: PoolEntry<V>, givesWay: boolean, onLastRelease: (entry: PoolEntry<V>) => void) {
    this.givesWay = givesWay;
    this.#entry = entry;
    this.#onLastRelease = onLastRelease;
    entry.leases.add(this);
  }

  /** Settles when the value is open; rejects when opening failed. */
  get value(): Promise<V> {
    return this.#entry.value;
  }

  /** Comes when the value is taken away: it was superseded, or the pool could wait no longer for this lease to end. */
  get abort(): Omit<Abort, 'abort'> {
    return (this.#abort ??= new Abort());
  }

  /** True while nobody else has a lease of the value. */
  get isOnly(): boolean {
    const { leases } = this.#entry;
    return leases.size === 1 && leases.has(this);
  }

  /** The same, but for those who give way; see `KeyedPool.leaseUntilNeeded`. */
  get isOnlyInNeed(): boolean {
    const { leases } = this.#entry;
    return leases.has(this) && [...leases].every((one) => one === this || one.givesWay);
  }

  end(reason: unknown): void {
    (this.#abort ??= new Abort()).abort(reason);
  }

  release(): void {
    const { leases } = this.#entry;
    if (leases.delete(this) && leases.size === 0) this.#onLastRelease(this.#entry);
  }
}

import { type PoolEntry, poolEntry } from './pool-entry.ts';
import { PoolLease } from './pool-lease.ts';

/** What a pool's user sees of a lease. */
export type Lease<V> = Omit<PoolLease<V>, 'end' | 'givesWay'>;

export interface KeyedPoolOptions<S, V> {
  /** The key of a source; sources with one key share one value. */
  key(source: S): string;
  /** A source with a newer version supersedes the pooled value: its leases are aborted at once, a new one opens. */
  version(source: S): number;
  /** What {@link KeyedPool.closeIdle} can ask for. */
  group?(source: S): string;
  open(source: S): Promise<V>;
  close(value: V): Promise<void>;
  /** Idle values kept open. Leased values are never closed to make room, so a burst may exceed this. */
  capacity: number;
  /** How long a value may stay open while nobody leases it, in milliseconds; for ever when absent. */
  idleMs?: number;
  /** How long an evicted value may stay leased before its leases are aborted and it is closed all the same. */
  drainDeadlineMs: number;
  /** What the signal of a lease is aborted with; whoever works under it throws that. */
  abortReason?(): unknown;
  /** Told about a value that did not close cleanly. */
  onCloseError?(error: unknown): void;
}

/** Superseded keys remembered: for the time between reading a source and leasing it, which is that of a request. */
const MAX_FLOORS = 10_000;

/**
 * Opens values by key, shares them through leases and keeps the most recently used ones.
 *
 * The promises it makes: two callers never open one version of a key twice at once; a leased value is never closed
 * (until the drain deadline); a failed opening is forgotten, so the next lease tries again; once a newer version was
 * leased, nobody can go on working with an older one.
 *
 * @example
 * const lease = pool.lease(tenant); // synchronous: nothing can evict between here and the first await
 * try { await use(await lease.value); } finally { lease.release(); }
 */
export class KeyedPool<S, V> {
  readonly #options: KeyedPoolOptions<S, V>;
  /** Insertion order is recency: a lease re-inserts its key. */
  readonly #entries = new Map<string, PoolEntry<V>>();
  readonly #draining = new Set<PoolEntry<V>>();
  /** The oldest version that may still be leased, by key, of those that were told by {@link supersede}. */
  readonly #floors = new Map<string, number>();
  #isDisposed = false;

  constructor(options: KeyedPoolOptions<S, V>) {
    this.#options = options;
  }

  get size(): number {
    return this.#entries.size;
  }

  get drainingCount(): number {
    return this.#draining.size;
  }

  /** The keys of all that is open, what drains included. */
  get keys(): string[] {
    return [...new Set([...this.#entries.keys(), ...[...this.#draining].map(({ key }) => key)])];
  }

  /** The value that is open under a key, for a look at it: whoever works with it needs a lease. */
  peek(key: string): V | undefined {
    return this.#entries.get(key)?.opened;
  }

  /**
   * Takes a lease without awaiting anything; the value opens in the background when it is not open yet.
   *
   * @throws {Error} once the pool is disposed of: what it opened then would never be closed.
   * @throws the abort reason when the source is older than a version that superseded it.
   */
  lease(source: S): Lease<V> {
    return this.#lease(source, false);
  }

  /**
   * The same for somebody who uses the value for a long time and can come back: {@link closeUnneeded} ends the lease.
   *
   * @throws {Error} as {@link lease} does.
   */
  leaseUntilNeeded(source: S): Lease<V> {
    return this.#lease(source, true);
  }

  #lease(source: S, givesWay: boolean): Lease<V> {
    if (this.#isDisposed) throw new Error('the pool is closed');
    const key = this.#options.key(source);
    const version = this.#options.version(source);
    if (version < (this.#floors.get(key) ?? version)) throw this.#abortReason();
    let entry = this.#entries.get(key);
    if (entry !== undefined && entry.version < version) {
      this.#evict(entry);
      this.#abort(entry);
      entry = undefined;
    }
    entry ??= this.#opened(key, version, source);
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    const lease = new PoolLease(entry, givesWay, this.#rest);
    this.#shrink();
    return lease;
  }

  /**
   * Lets go of a key: no new lease gets the value, and it closes when its last lease ends.
   *
   * @param isAborting - aborts the leases that are out, instead of letting them run into the drain deadline.
   * @returns when everything that was open under this key is closed.
   */
  async evict(key: string, { isAborting = false } = {}): Promise<void> {
    const entry = this.#entries.get(key);
    if (entry !== undefined) this.#evict(entry);
    const leaving = [...this.#draining].filter((draining) => draining.key === key);
    if (isAborting) for (const draining of leaving) this.#abort(draining);
    await Promise.all(leaving.map(({ closed }) => closed));
  }

  /**
   * Lets go of the value that nobody has leased for longest, of those in one group.
   *
   * @param isWorth - false for a value whose closing wins nothing.
   * @returns when it is closed; undefined when none can go.
   */
  closeIdle(group: string, isWorth: (value: V) => boolean = () => true): Promise<void> | undefined {
    for (const entry of this.#entries.values()) {
      if (entry.group !== group || entry.leases.size > 0) continue;
      if (entry.opened === undefined || !isWorth(entry.opened)) continue;
      this.#evict(entry);
      return entry.closed;
    }
    return undefined;
  }

  /**
   * Lets go of the value that was leased longest ago, of those in one group that only leases are out of which give way;
   * these are aborted.
   *
   * @returns when it is closed; undefined when none can go.
   */
  closeUnneeded(group: string): Promise<void> | undefined {
    for (const entry of this.#entries.values()) {
      if (entry.group !== group || entry.leases.size === 0) continue;
      if (![...entry.leases].every(({ givesWay }) => givesWay)) continue;
      this.#evict(entry);
      this.#abort(entry);
      return entry.closed;
    }
    return undefined;
  }

  /**
   * A newer version of a key is known to exist: leases of older ones are aborted at once, and a source somebody read
   * before is leased no more.
   */
  supersede(key: string, version: number): void {
    const open = this.#entries.get(key);
    if (open !== undefined && open.version < version) this.#evict(open);
    for (const entry of this.#draining) if (entry.key === key && entry.version < version) this.#abort(entry);
    this.#floors.delete(key);
    this.#floors.set(key, version);
    const [oldest] = this.#floors.keys();
    if (this.#floors.size > MAX_FLOORS && oldest !== undefined) this.#floors.delete(oldest);
  }

  /** Evicts everything and waits until all of it is closed, at most about `drainDeadlineMs`. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isDisposed = true;
    for (const entry of [...this.#entries.values()]) this.#evict(entry);
    await Promise.all([...this.#draining].map((entry) => entry.closed));
  }

  #opened(key: string, version: number, source: S): PoolEntry<V> {
    const entry = poolEntry({
      ...{ key, version, value: this.#options.open(source) },
      group: this.#options.group?.(source),
    });
    entry.value.then(
      (value) => (entry.opened = value),
      () => {
        if (this.#entries.get(key) === entry) this.#entries.delete(key);
        // Nothing opened, so the last release has nothing to keep.
        entry.isEvicted = true;
      },
    );
    return entry;
  }

  /** After the last lease. */
  readonly #rest = (entry: PoolEntry<V>): void => {
    if (entry.isEvicted) {
      void this.#close(entry);
      return;
    }
    this.#startIdling(entry);
    this.#shrink();
  };

  #startIdling(entry: PoolEntry<V>): void {
    const { idleMs } = this.#options;
    if (idleMs === undefined) return;
    if (entry.idle !== undefined) {
      entry.idle.refresh();
      return;
    }
    entry.idle = setTimeout(() => {
      if (entry.leases.size === 0 && !entry.isEvicted) this.#evict(entry);
    }, idleMs).unref();
  }

  #shrink(): void {
    let excess = this.#entries.size - this.#options.capacity;
    if (excess <= 0) return;
    for (const entry of this.#entries.values()) {
      if (entry.leases.size > 0) continue;
      this.#evict(entry);
      excess -= 1;
      if (excess === 0) return;
    }
  }

  #evict(entry: PoolEntry<V>): void {
    this.#entries.delete(entry.key);
    entry.isEvicted = true;
    this.#draining.add(entry);
    if (entry.leases.size === 0) {
      void this.#close(entry);
      return;
    }
    entry.deadline = setTimeout(() => {
      this.#abort(entry);
      void this.#close(entry);
    }, this.#options.drainDeadlineMs);
  }

  #abort({ leases }: PoolEntry<V>): void {
    for (const lease of leases) lease.end(this.#abortReason());
  }

  #abortReason(): unknown {
    return this.#options.abortReason?.() ?? new Error('the lease was ended');
  }

  async #close(entry: PoolEntry<V>): Promise<void> {
    if (entry.isClosing) return;
    entry.isClosing = true;
    clearTimeout(entry.deadline);
    clearTimeout(entry.idle);
    try {
      const opened = await entry.value.catch(() => undefined);
      if (opened !== undefined) await this.#options.close(opened);
    } catch (error) {
      this.#options.onCloseError?.(error);
    } finally {
      this.#draining.delete(entry);
      entry.markClosed();
    }
  }
}

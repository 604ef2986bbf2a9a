/** A counted right to use a pooled value. Releasing twice is harmless. */
export interface Lease<V> {
  /** Settles when the value is open; rejects when opening failed. */
  readonly value: Promise<V>;
  /** Aborted when the pool could wait no longer for this lease to end (see `drainDeadlineMs`). */
  readonly signal: AbortSignal;
  release(): void;
}

export interface KeyedPoolOptions<S, V> {
  /** The key of a source; sources with one key share one value. */
  key(source: S): string;
  /** A source with another version supersedes the pooled value: the old one drains, a new one opens. */
  version(source: S): number;
  open(source: S): Promise<V>;
  close(value: V): Promise<void>;
  /** Idle values kept open. Leased values are never closed to make room, so a burst may exceed this. */
  capacity: number;
  /** How long an evicted value may stay leased before its leases are aborted and it is closed all the same. */
  drainDeadlineMs: number;
  /** Told about a value that did not close cleanly. */
  onCloseError?(error: unknown): void;
}

interface Entry<V> {
  readonly key: string;
  readonly version: number;
  readonly value: Promise<V>;
  readonly abort: AbortController;
  leases: number;
  isEvicted: boolean;
  deadline: NodeJS.Timeout | undefined;
  isClosing: boolean;
  readonly closed: Promise<void>;
  readonly markClosed: () => void;
}

/**
 * Opens values by key, shares them through leases and keeps the most recently used ones.
 *
 * The promises it makes: two callers never open one key twice at once; a leased value is never closed (until the
 * drain deadline); a failed opening is forgotten, so the next lease tries again.
 *
 * @example
 * const lease = pool.lease(tenant); // synchronous: nothing can evict between here and the first await
 * try { await use(await lease.value); } finally { lease.release(); }
 */
export class KeyedPool<S, V> {
  readonly #options: KeyedPoolOptions<S, V>;
  /** Insertion order is recency: a lease re-inserts its key. */
  readonly #entries = new Map<string, Entry<V>>();
  readonly #draining = new Set<Entry<V>>();

  constructor(options: KeyedPoolOptions<S, V>) {
    this.#options = options;
  }

  get size(): number {
    return this.#entries.size;
  }

  get drainingCount(): number {
    return this.#draining.size;
  }

  /** Takes a lease without awaiting anything; the value opens in the background when it is not open yet. */
  lease(source: S): Lease<V> {
    const key = this.#options.key(source);
    const version = this.#options.version(source);
    let entry = this.#entries.get(key);
    if (entry !== undefined && entry.version < version) {
      this.#evict(entry);
      entry = undefined;
    }
    entry ??= this.#opened(key, version, source);
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    entry.leases += 1;
    this.#shrink();
    return this.#leaseOf(entry);
  }

  /** Lets go of a key: no new lease gets the value, and it closes when its last lease ends. */
  evict(key: string): void {
    const entry = this.#entries.get(key);
    if (entry !== undefined) this.#evict(entry);
  }

  /** Evicts everything and waits until all of it is closed, at most about `drainDeadlineMs`. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const entry of [...this.#entries.values()]) this.#evict(entry);
    await Promise.all([...this.#draining].map((entry) => entry.closed));
  }

  #opened(key: string, version: number, source: S): Entry<V> {
    let markClosed = (): void => undefined;
    const closed = new Promise<void>((resolve) => (markClosed = resolve));
    const entry: Entry<V> = {
      key,
      version,
      value: this.#options.open(source),
      abort: new AbortController(),
      leases: 0,
      isEvicted: false,
      deadline: undefined,
      isClosing: false,
      closed,
      markClosed,
    };
    entry.value.catch(() => {
      if (this.#entries.get(key) === entry) this.#entries.delete(key);
    });
    return entry;
  }

  #leaseOf(entry: Entry<V>): Lease<V> {
    let isReleased = false;
    return {
      value: entry.value,
      signal: entry.abort.signal,
      release: () => {
        if (isReleased) return;
        isReleased = true;
        entry.leases -= 1;
        if (entry.leases > 0) return;
        if (entry.isEvicted) void this.#close(entry);
        else this.#shrink();
      },
    };
  }

  #shrink(): void {
    let excess = this.#entries.size - this.#options.capacity;
    if (excess <= 0) return;
    for (const entry of this.#entries.values()) {
      if (entry.leases > 0) continue;
      this.#evict(entry);
      excess -= 1;
      if (excess === 0) return;
    }
  }

  #evict(entry: Entry<V>): void {
    this.#entries.delete(entry.key);
    entry.isEvicted = true;
    this.#draining.add(entry);
    if (entry.leases === 0) {
      void this.#close(entry);
      return;
    }
    entry.deadline = setTimeout(() => {
      entry.abort.abort(new Error('the drain deadline passed'));
      void this.#close(entry);
    }, this.#options.drainDeadlineMs);
  }

  async #close(entry: Entry<V>): Promise<void> {
    if (entry.isClosing) return;
    entry.isClosing = true;
    clearTimeout(entry.deadline);
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

import type { ChangeListener, ChangeWatch } from '../mongo/cluster-feed.ts';

/** How long a document is known: while changes are told as they happen, and while they are not, in milliseconds. */
const FED_AGE_MS = 60_000;
const UNFED_AGE_MS = 900;

/** Documents remembered per tenant; small, because every warm tenant pays for it. One more read is all a miss costs. */
const MAX_DOCUMENTS = 64;

interface Remembered<V> {
  /** Undefined: there is no such document. */
  value: V | undefined;
  readAtMs: number;
  /** The run of the feed it was read in. */
  run: number | undefined;
}

/**
 * What a shell remembers of documents that nearly every request asks for: of callers, whether they live. A change that
 * another node made is told by the cluster's feed; while that is down, what was read counts for less than a second.
 */
export class DocumentMemory<V> {
  /** A bare map, oldest first: an LRU of this size takes 4.5 KiB of each warm tenant before anything is in it. */
  readonly #known = new Map<string, Remembered<V>>();
  readonly #watch: ChangeWatch;
  /** Grows with each change: what was read before one is not remembered after it. */
  #changes = 0;

  /** `watch`: starts to listen to the collection of the documents. */
  constructor(watch: (listener: ChangeListener) => ChangeWatch) {
    this.#watch = watch({ onChange: ({ id }) => this.forget(id) });
  }

  /** What is known of a document, else what `read` finds. */
  async of(id: string, read: () => Promise<V | undefined>): Promise<V | undefined> {
    const remembered = this.#recall(id);
    return remembered === undefined ? this.#learn(id, read) : remembered.value;
  }

  /** This node itself made or changed the document. */
  forget(id: string): void {
    this.#changes += 1;
    this.#known.delete(id);
  }

  /** This node itself deleted the document. */
  noteDeletion(id: string): void {
    this.#changes += 1;
    this.#remember(id, { value: undefined, readAtMs: Date.now(), run: this.#watch.run() });
  }

  #recall(id: string): Remembered<V> | undefined {
    const remembered = this.#known.get(id);
    if (remembered === undefined) return undefined;
    // Nobody tells of documents that are made: one that was not there may be by now.
    const isTold = remembered.value !== undefined && remembered.run !== undefined;
    const isFed = isTold && remembered.run === this.#watch.run();
    const ageMs = Date.now() - remembered.readAtMs;
    return ageMs < (isFed ? FED_AGE_MS : UNFED_AGE_MS) ? remembered : undefined;
  }

  /** Reads and remembers, unless something was changed during the read. */
  async #learn(id: string, read: () => Promise<V | undefined>): Promise<V | undefined> {
    const changes = this.#changes;
    const run = this.#watch.run();
    const readAtMs = Date.now();
    const value = await read();
    const other = changes === this.#changes ? undefined : this.#recall(id);
    if (other !== undefined) return other.value;
    if (changes === this.#changes) this.#remember(id, { value, readAtMs, run });
    return value;
  }

  #remember(id: string, remembered: Remembered<V>): void {
    this.#known.delete(id);
    this.#known.set(id, remembered);
    const [oldest] = this.#known.keys();
    if (this.#known.size > MAX_DOCUMENTS && oldest !== undefined) this.#known.delete(oldest);
  }
}

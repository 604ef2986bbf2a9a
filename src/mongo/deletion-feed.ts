import type { mongo } from 'mongoose';
import { changeFeed, type ChangeFeed } from './change-feed.ts';

/** A look at the deletions of one collection. */
export interface DeletionWatch {
  /**
   * Which unbroken run of the feed this is; undefined while it is down. What was read in another run may have been
   * deleted unseen.
   */
  run(): number | undefined;
  stop(): void;
}

/** Told the `_id` of each document that is deleted. */
export type DeletionListener = (id: string) => void;

/** Pause before the feed is opened again, in milliseconds. */
const REOPEN_MS = 1_000;

type Deletion = mongo.ChangeStreamDeleteDocument<{ _id: string }>;

/**
 * The deletions on one cluster, for caches that must not outlive what they hold. One change stream a client, however
 * many tenants it serves, because each stream pins a connection; opened when somebody watches. Where it cannot be
 * opened (no permission, no replica set) it stays down, and caches fall back on short lives.
 */
export class DeletionFeed implements AsyncDisposable {
  readonly #feed: ChangeFeed;
  readonly #listeners = new Map<string, DeletionListener>();
  #run: number | undefined;
  #runs = 0;
  #isStarted = false;

  /** `collections`: their names without a tenant's prefix. */
  constructor(client: mongo.MongoClient, collections: readonly string[]) {
    const pattern = new RegExp(`(^|_)(${collections.join('|')})$`);
    this.#feed = changeFeed<Deletion>({
      watch: (stream) => client.watch([{ $match: { operationType: 'delete', 'ns.coll': pattern } }], stream),
      onAnew: () => (this.#run = this.#runs += 1),
      // Until what happened meanwhile was told, nobody should rely on what was read before.
      onResumed: () => (this.#run = this.#runs += 1),
      onDown: () => (this.#run = undefined),
      onChange: ({ ns, documentKey }) => this.#listeners.get(`${ns.db}.${ns.coll}`)?.(documentKey._id),
      // Nobody trusts a feed that is down; it is opened again.
      onLost: () => undefined,
      reopenMs: REOPEN_MS,
    });
  }

  watch(database: string, collection: string, listener: DeletionListener): DeletionWatch {
    const key = `${database}.${collection}`;
    this.#listeners.set(key, listener);
    if (!this.#isStarted) {
      this.#isStarted = true;
      void this.#feed.follow();
    }
    return {
      run: () => this.#run,
      stop: () => {
        // A newer shell of the same tenant may have taken the place.
        if (this.#listeners.get(key) === listener) this.#listeners.delete(key);
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#run = undefined;
    await this.#feed[Symbol.asyncDispose]();
  }
}

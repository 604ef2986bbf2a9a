import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { mongo } from 'mongoose';

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
  readonly #client: mongo.MongoClient;
  readonly #pattern: RegExp;
  readonly #listeners = new Map<string, DeletionListener>();
  #stream: mongo.ChangeStream | undefined;
  #run: number | undefined;
  #runs = 0;
  #isStarted = false;
  #isClosed = false;

  /** `collections`: their names without a tenant's prefix. */
  constructor(client: mongo.MongoClient, collections: readonly string[]) {
    this.#client = client;
    this.#pattern = new RegExp(`(^|_)(${collections.join('|')})$`);
  }

  watch(database: string, collection: string, listener: DeletionListener): DeletionWatch {
    const key = `${database}.${collection}`;
    this.#listeners.set(key, listener);
    if (!this.#isStarted) {
      this.#isStarted = true;
      void this.#follow();
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
    this.#isClosed = true;
    this.#run = undefined;
    await this.#stream?.close().catch(() => undefined);
  }

  async #follow(): Promise<void> {
    while (!this.#isClosed) {
      try {
        const stream = this.#client.watch<{ _id: string }, Deletion>([
          { $match: { operationType: 'delete', 'ns.coll': this.#pattern } },
        ]);
        this.#stream = stream;
        const hasAnswered = once(stream, 'resumeTokenChanged');
        const firstRead = stream.tryNext();
        await Promise.race([hasAnswered, firstRead]);
        this.#run = this.#runs += 1;
        for (let read = firstRead; !stream.closed; read = stream.tryNext()) {
          const deletion = await read;
          if (deletion !== null) {
            this.#listeners.get(`${deletion.ns.db}.${deletion.ns.coll}`)?.(deletion.documentKey._id);
          }
        }
      } catch {
        // The next round opens it again; meanwhile nobody trusts it.
      }
      this.#run = undefined;
      await this.#stream?.close().catch(() => undefined);
      if (!this.#isClosed) await sleep(REOPEN_MS, undefined, { ref: false });
    }
  }
}

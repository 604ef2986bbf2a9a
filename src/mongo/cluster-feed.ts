import type { mongo } from 'mongoose';
import { changeFeed, type ChangeFeed } from './change-feed.ts';

/** A collection whose changes somebody wants to hear of, on every node. */
export interface Watched {
  /** Without a tenant's prefix. */
  readonly collection: string;
  /** Fields that each change brings along; of a collection without them only deletions are told. */
  readonly fields?: readonly string[];
}

/** What happened to one document. */
export interface Change {
  kind: 'insert' | 'update' | 'replace' | 'delete';
  id: string;
  /** The watched fields that this change set. */
  set: Readonly<Record<string, unknown>>;
  /** The watched fields as they stood a moment after the change; empty when the document was gone by then. */
  now: Readonly<Record<string, unknown>>;
}

/** A look at the changes of one collection. */
export interface ChangeWatch {
  /**
   * Which unbroken run of the feed this is; undefined while it is down. What was read in another run may have changed
   * unseen.
   */
  run(): number | undefined;
  /** Settles when the feed is up: no change after that is missed. */
  up(): Promise<void>;
  stop(): void;
}

export interface ChangeListener {
  onChange(change: Change): void;
  /** Told that changes may have happened unseen. */
  onGap?(): void;
}

/** One that listens for longer than what it listens to is sure to stay open. */
export interface Follower extends ChangeListener {
  /** Told that it hears nothing any more, and why. */
  onEnd(reason: Error): void;
}

/** Pause before the feed is opened again, in milliseconds. */
const REOPEN_MS = 250;

/** What the pipeline lets through of a change. */
interface Raw {
  operationType: Change['kind'];
  ns: { db: string; coll: string };
  documentKey: { _id: string };
  updateDescription?: { updatedFields?: Record<string, unknown> };
  fullDocument?: Record<string, unknown> | null;
}

/**
 * The changes on one cluster: for caches that must not outlive what they hold, and for subscriptions. One change stream
 * a client, however many tenants and listeners it serves, because each stream pins a connection; opened when somebody
 * watches. Where it cannot be opened (no permission, no replica set) it stays down, and caches fall back on short
 * lives. Events carry ids and a few fields: whoever is told reads the document in a scope of its own.
 */
export class ClusterFeed implements AsyncDisposable {
  readonly #feed: ChangeFeed;
  readonly #listeners = new Map<string, Set<ChangeListener>>();
  #run: number | undefined;
  #runs = 0;
  #isStarted = false;
  #up = gate();

  constructor(client: mongo.MongoClient, watched: readonly Watched[]) {
    this.#feed = changeFeed<Raw>({
      watch: (stream) =>
        client.watch<mongo.Document, Raw>(pipelineOf(watched), { fullDocument: 'updateLookup', ...stream }),
      onAnew: () => this.#beginAnew(),
      // Until what happened meanwhile was told, nobody should rely on what was read before.
      onResumed: () => this.#begin(),
      onDown: () => this.#interrupt(),
      onChange: (change) => this.#tell(change),
      // Nobody trusts a feed that is down; it is opened again.
      onLost: () => undefined,
      reopenMs: REOPEN_MS,
    });
  }

  /** `collection`: its full name, with the tenant's prefix. */
  watch(database: string, collection: string, listener: ChangeListener): ChangeWatch {
    const key = `${database}.${collection}`;
    const listeners = this.#listeners.get(key) ?? new Set();
    this.#listeners.set(key, listeners.add(listener));
    if (!this.#isStarted) {
      this.#isStarted = true;
      void this.#feed.follow();
    }
    return {
      run: () => this.#run,
      up: () => this.#up.opened,
      stop: () => {
        listeners.delete(listener);
        if (listeners.size === 0 && this.#listeners.get(key) === listeners) this.#listeners.delete(key);
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#run = undefined;
    await this.#feed[Symbol.asyncDispose]();
  }

  #begin(): void {
    this.#run = this.#runs += 1;
    this.#up.open();
  }

  #beginAnew(): void {
    const isFirst = this.#runs === 0;
    this.#begin();
    if (isFirst) return;
    for (const listeners of [...this.#listeners.values()]) {
      for (const listener of [...listeners]) listener.onGap?.();
    }
  }

  #interrupt(): void {
    if (this.#run === undefined) return;
    this.#run = undefined;
    this.#up = gate();
  }

  #tell({ ns, operationType, documentKey, updateDescription, fullDocument }: Raw): void {
    const listeners = this.#listeners.get(`${ns.db}.${ns.coll}`);
    if (listeners === undefined) return;
    const now = fullDocument ?? {};
    const set = updateDescription?.updatedFields ?? now;
    const change: Change = { kind: operationType, id: documentKey._id, set, now };
    // A listener may stop itself.
    for (const listener of [...listeners]) listener.onChange(change);
  }
}

function pipelineOf(watched: readonly Watched[]): mongo.Document[] {
  const live = watched.filter(({ fields }) => fields !== undefined);
  const fields = live.flatMap((each) => each.fields ?? []);
  const anyOf = [
    { operationType: 'delete', 'ns.coll': named(watched) },
    { operationType: { $in: ['insert', 'update', 'replace'] }, 'ns.coll': named(live) },
  ];
  return [
    { $match: { $or: anyOf } },
    {
      $project: {
        operationType: 1,
        ns: 1,
        documentKey: 1,
        ...Object.fromEntries(
          fields.flatMap((field) => [
            [`fullDocument.${field}`, 1],
            [`updateDescription.updatedFields.${field}`, 1],
          ]),
        ),
      },
    },
  ];
}

/** These collections, of tenants with a prefix too. */
function named(watched: readonly Watched[]): RegExp {
  return new RegExp(`(^|_)(${watched.map(({ collection }) => collection).join('|') || 'none'})$`);
}

/** A promise that is settled from outside (`Promise.withResolvers` needs Node 22). */
function gate(): { opened: Promise<void>; open(): void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

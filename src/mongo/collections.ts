import type { mongo } from 'mongoose';
import { catalogueSignal } from './command-limits.ts';
import { type Home, HOMES } from './homes.ts';
import type { IndexDefinition, ModelDefinition, Stored } from './model.ts';

/** Told how many namespaces (a collection and its indexes count one each) a first write created. */
export type NamespacesCreated = (count: number) => void;

/**
 * The collections of one tenant in its database. A collection comes into being with its indexes at its first write:
 * namespaces are the scarce thing of a MongoDB server (FACTS), and most tenants use few features.
 */
export class Collections {
  readonly #db: mongo.Db;
  readonly #prefix: string;
  readonly #indexes: ReadonlyMap<string, readonly IndexDefinition[]>;
  readonly #onCreated: NamespacesCreated;
  readonly #inMigration: ReadonlySet<string>;
  readonly #handles = new Map<string, mongo.Collection>();
  readonly #ready = new Set<string>();
  /** Let go of when they settle: on Node 20 a promise keeps the request it was made in, with all that came with it. */
  readonly #making = new Map<string, Promise<void>>();

  /**
   * `indexes`: by collection name without prefix, shared by all tenants. `prefix`: '' but for prefixed tenants.
   * `inMigration`: collections whose indexes a migration that has not run yet is about to change.
   */
  constructor(
    db: mongo.Db,
    prefix: string,
    indexes: ReadonlyMap<string, readonly IndexDefinition[]>,
    onCreated: NamespacesCreated,
    inMigration: ReadonlySet<string> = new Set(),
  ) {
    this.#db = db;
    this.#prefix = prefix;
    this.#indexes = indexes;
    this.#onCreated = onCreated;
    this.#inMigration = inMigration;
  }

  of<T extends Stored>(definition: ModelDefinition<T>): mongo.Collection<T> {
    let handle = this.#handles.get(definition.collection);
    if (handle === undefined) {
      handle = this.#db.collection(this.#prefix + definition.collection);
      this.#handles.set(definition.collection, handle);
    }
    return handle as unknown as mongo.Collection<T>;
  }

  /** The application tenants; see `requireHomes`. */
  get homes(): mongo.Collection<Home> {
    return this.#db.collection(this.#prefix + HOMES);
  }

  /** Makes sure that a collection has its indexes before something is written to it; once per shell. */
  async beforeWrite(collection: string): Promise<void> {
    if (this.#ready.has(collection)) return;
    const making = this.#making.get(collection) ?? this.#create(collection);
    this.#making.set(collection, making);
    try {
      await making;
      this.#ready.add(collection);
    } finally {
      this.#making.delete(collection);
    }
  }

  async #create(collection: string): Promise<void> {
    const indexes = this.#indexes.get(collection) ?? [];
    const name = this.#prefix + collection;
    const existed = await this.#db
      .listCollections({ name }, { nameOnly: true, ...catalogueSignal() })
      .hasNext();
    // Of a collection that is there they are the migration's business: it may take long, fail, or drop one of them.
    const isLeft = existed && this.#inMigration.has(collection);
    if (indexes.length > 0 && !isLeft) {
      // Shared by all who wait for the collection, so it ends by a limit of its own rather than with one request.
      await this.#db.command(
        { createIndexes: name, indexes, writeConcern: { w: 'majority' } },
        catalogueSignal(),
      );
    }
    // Two nodes that write at once may both count it; the budget errs on the safe side.
    if (!existed) this.#onCreated(2 + indexes.length);
  }
}

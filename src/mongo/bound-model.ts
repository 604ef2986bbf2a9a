import {
  type QueryOptions,
  type UpdateQuery,
  type UpdateWithAggregationPipeline,
  type mongo,
  Query,
} from 'mongoose';
import { isDuplicateKey } from './duplicate-key.ts';
import { guardFilter } from './guard-filter.ts';
import { type Home, requireHomes } from './homes.ts';
import type { ModelDefinition, Stored } from './model.ts';
import { requireWritable, rowFilter, type Rows } from './rows.ts';

export interface ReadOptions {
  sort?: Record<string, 1 | -1>;
  limit?: number;
}

export interface UpdateOptions extends Pick<ReadOptions, 'sort'> {
  /** In place of the collection's. */
  writeConcern?: mongo.WriteConcernSettings;
}

/**
 * For counts and notes that something puts right again: does not wait until a majority has them on disk, which takes
 * longer than all the rest. A failover can take them back.
 */
export const ACKNOWLEDGED: mongo.WriteConcernSettings = { w: 1 };

/** What a command runs under: what ends it and, inside a transaction, its session. */
export interface CommandContext {
  /** Ends the command with the request it belongs to. */
  signal?: AbortSignal;
  /** Ends each command of its own accord, where there is no request; in milliseconds. */
  timeoutMs?: number;
  session?: mongo.ClientSession;
  /** Which rows of a partitioned collection it is about; all, when absent. */
  rows?: Rows;
  /** The application tenants its rows may belong to; absent where rows belong to nobody. */
  homes?: mongo.Collection<Home>;
  /** Throws when nothing may be written any more; asked right before each command that writes. */
  guardWrite?(): void;
  /** Throws while the cluster does not answer; asked before each command. */
  circuit?: { requireClosed(): void };
}

type CommandOptions = Pick<CommandContext, 'signal' | 'session'>;

/**
 * A model at one tenant's collection. Casting and validation come from the mongoose model compiled once for the
 * process; the collection is the tenant's. (A model per tenant would cost 30 times the memory and 1.5 times the CPU,
 * see docs/decisions/0002.)
 *
 * Every read is lean: plain objects, no mongoose documents.
 */
export class BoundModel<T extends Stored> {
  readonly #definition: ModelDefinition<T>;
  readonly #collection: mongo.Collection<T>;
  readonly #beforeWrite: () => Promise<void>;
  readonly #context: CommandContext;

  constructor(
    definition: ModelDefinition<T>,
    collection: mongo.Collection<T>,
    beforeWrite: () => Promise<void>,
    context: CommandContext,
  ) {
    this.#definition = definition;
    this.#collection = collection;
    this.#beforeWrite = beforeWrite;
    this.#context = context;
  }

  async findOne(filter: mongo.Filter<T>): Promise<T | null> {
    return (await this.#query().findOne(this.#filter(filter))) as T | null;
  }

  async find(filter: mongo.Filter<T>, options: ReadOptions = {}): Promise<T[]> {
    return (await this.#query({ ...options }).find(this.#filter(filter))) as T[];
  }

  async count(filter: mongo.Filter<T>): Promise<number> {
    return (await this.#query().countDocuments(this.#filter(filter))) as number;
  }

  /** True when a document matches; cheaper than counting. */
  async has(filter: mongo.Filter<T>): Promise<boolean> {
    return (await this.find(filter, { limit: 1 })).length > 0;
  }

  /** Validates and casts, then inserts. */
  async insert(document: T): Promise<T> {
    await this.#prepareWrite();
    const plain = await this.#plain(document);
    await this.#collection.insertOne(plain as mongo.OptionalUnlessRequiredId<T>, this.#writeOptions());
    await this.#requireHomes([plain]);
    return plain;
  }

  /** Inserts in one command; for seeding and imports. */
  async insertMany(documents: readonly T[]): Promise<void> {
    if (documents.length === 0) return;
    await this.#prepareWrite();
    const plain = await Promise.all(documents.map((document) => this.#plain(document)));
    await this.#collection.insertMany(plain as mongo.OptionalUnlessRequiredId<T>[], this.#writeOptions());
    await this.#requireHomes(plain);
  }

  /** Validates and casts, then takes the place of the document of the same `_id`, or is the first of it. */
  async replace(document: T): Promise<void> {
    await this.#prepareWrite();
    const { _id, ...plain } = await this.#plain(document);
    const filter = { _id } as mongo.Filter<T>;
    const replace = () =>
      this.#collection.replaceOne(filter, plain as mongo.WithoutId<T>, {
        ...this.#writeOptions(),
        upsert: true,
      });
    // Of two that are the first of it at once, one fails; it finds the other's then.
    await replace().catch((error: unknown) =>
      isDuplicateKey(error) ? replace() : Promise.reject(error as Error),
    );
  }

  /** Answers the document after the update, or null when nothing matched. What a pipeline sets is not cast. */
  async findOneAndUpdate(
    filter: mongo.Filter<T>,
    update: UpdateQuery<T> | UpdateWithAggregationPipeline,
    given: UpdateOptions = {},
  ): Promise<T | null> {
    await this.#prepareWrite();
    const options = { returnDocument: 'after', runValidators: true, ...given } as QueryOptions;
    const query = this.#query(options, this.#writeOptions());
    const how = Array.isArray(update) ? { updatePipeline: true, runValidators: false } : {};
    return (await query.findOneAndUpdate(this.#filter(filter), update, how)) as T | null;
  }

  async findOneAndDelete(filter: mongo.Filter<T>): Promise<T | null> {
    requireWritable(this.#definition, this.#rows);
    return (await this.#query({}, this.#writeOptions()).findOneAndDelete(this.#filter(filter))) as T | null;
  }

  /** Deletes whatever matches; for what goes as a whole. */
  async deleteMany(filter: mongo.Filter<T>): Promise<void> {
    requireWritable(this.#definition, this.#rows);
    await this.#query({}, this.#writeOptions()).deleteMany(this.#filter(filter));
  }

  get #rows(): Rows {
    return this.#context.rows ?? 'ALL';
  }

  async #prepareWrite(): Promise<void> {
    requireWritable(this.#definition, this.#rows);
    this.#context.guardWrite?.();
    await this.#beforeWrite();
  }

  async #requireHomes(rows: readonly T[]): Promise<void> {
    const { homes } = this.#context;
    if (homes === undefined || this.#definition.partition !== 'applicationTenant') return;
    await requireHomes(homes, this.#collection, rows);
  }

  #filter(filter: mongo.Filter<T>): object {
    const guarded = guardFilter(filter);
    const own = rowFilter(this.#definition, this.#rows);
    return own === undefined ? guarded : { $and: [own, guarded] };
  }

  #query(options: QueryOptions = {}, commandOptions = this.#commandOptions()) {
    // The fourth parameter of mongoose's Query is the collection it runs on.
    const BoundQuery = Query as unknown as new (
      conditions: object,
      options: object,
      model: unknown,
      collection: unknown,
    ) => Query<unknown, T>;
    return new BoundQuery({}, {}, this.#definition.compiled, this.#collection)
      .setOptions({ ...options, ...commandOptions } as QueryOptions)
      .lean();
  }

  async #plain(document: T): Promise<T> {
    const hydrated = new this.#definition.compiled({
      ...document,
      ...rowFilter(this.#definition, this.#rows),
    });
    await hydrated.validate();
    return hydrated.toObject({ depopulate: true, flattenMaps: false }) as unknown as T;
  }

  /** Asks right before the command: what came earlier may have taken its time. */
  #writeOptions(): CommandOptions {
    this.#context.guardWrite?.();
    return this.#commandOptions();
  }

  #commandOptions(): CommandOptions {
    this.#context.circuit?.requireClosed();
    const { timeoutMs, signal, session } = this.#context;
    const ending = timeoutMs === undefined ? signal : AbortSignal.timeout(timeoutMs);
    return { ...(ending && { signal: ending }), ...(session && { session }) };
  }
}

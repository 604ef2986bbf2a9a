import type { Model as MongooseModel, Schema } from 'mongoose';
import { mongoose } from './mongoose.ts';
import type { Partition, Partitioned } from './rows.ts';

/** An index of a collection; `key` as in `createIndexes`. */
export interface IndexDefinition {
  key: Record<string, 1 | -1>;
  name: string;
  unique?: boolean;
  sparse?: boolean;
  expireAfterSeconds?: number;
  partialFilterExpression?: Record<string, unknown>;
}

/** A document as the stores see it: plain, with its primary key. */
export interface Stored {
  _id: string;
}

/** A kind of document. Compiled once for the process, bound per tenant (see `bound-model.ts`). */
export interface ModelDefinition<T extends Stored> {
  /** Collection name; a prefixed tenant gets its prefix in front. */
  readonly collection: string;
  /** What says whose a document is within its tenant (see `rows.ts`); absent: the whole tenant's. */
  readonly partition?: Partition;
  readonly compiled: MongooseModel<T>;
}

/**
 * Compiles a model. A filter or value that names a path the schema lacks is a fault, not a silent no-op.
 *
 * @example
 * export const clientModel = defineModel<Client>('clients', new Schema<Client>({ _id: String, name: String }));
 */
export function defineModel<T extends Stored>(collection: string, schema: Schema<T>): ModelDefinition<T> {
  return { collection, compiled: compiledOf(collection, schema) };
}

/** A model whose documents belong to application tenants; their part of the schema is added here. */
export function definePartitionedModel<T extends Partitioned>(
  collection: string,
  schema: Schema<T>,
): ModelDefinition<T> {
  schema.add({ applicationTenant: { type: String, default: null } } as Parameters<typeof schema.add>[0]);
  return { collection, partition: 'applicationTenant', compiled: compiledOf(collection, schema) };
}

/** The model of the application tenants themselves: those confined to one see it and no other. */
export function definePartitionModel<T extends Stored>(
  collection: string,
  schema: Schema<T>,
): ModelDefinition<T> {
  return { collection, partition: '_id', compiled: compiledOf(collection, schema) };
}

function compiledOf<T extends Stored>(collection: string, schema: Schema<T>): MongooseModel<T> {
  schema.set('versionKey', false);
  schema.set('minimize', false);
  schema.set('strict', 'throw');
  schema.set('strictQuery', 'throw');
  return mongoose.model(collection, schema, collection) as unknown as MongooseModel<T>;
}

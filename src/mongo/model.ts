import type { Model as MongooseModel, Schema } from 'mongoose';
import { mongoose } from './mongoose.ts';

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
  readonly compiled: MongooseModel<T>;
}

/**
 * Compiles a model. A filter or value that names a path the schema lacks is a fault, not a silent no-op.
 *
 * @example
 * export const clientModel = defineModel<Client>('clients', new Schema<Client>({ _id: String, name: String }));
 */
export function defineModel<T extends Stored>(collection: string, schema: Schema<T>): ModelDefinition<T> {
  schema.set('versionKey', false);
  schema.set('minimize', false);
  schema.set('strict', 'throw');
  schema.set('strictQuery', 'throw');
  return {
    collection,
    compiled: mongoose.model(collection, schema, collection) as unknown as MongooseModel<T>,
  };
}

import { Error as MongooseError } from 'mongoose';

/** True when a filter or an update holds a value of a type its path cannot have. */
export function isUncastable(error: unknown): boolean {
  return error instanceof MongooseError.CastError;
}

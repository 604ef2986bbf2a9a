import { CodedError } from '../lib/coded-error.ts';

/** One error for missing, deleted and foreign ids: a caller cannot tell them apart. */
export function nothingHasThisId(): CodedError {
  return new CodedError('NOT_FOUND', 'Nothing has this id.');
}

/** The thing, or NOT_FOUND in its place. */
export function found<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw nothingHasThisId();
  return value;
}

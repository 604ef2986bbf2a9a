import { CodedError } from '../lib/coded-error.ts';

/** One answer for every fault of a token; what was wrong with it is in the log only. */
export function invalidToken(cause: unknown): CodedError {
  return new CodedError('UNAUTHENTICATED', 'The token is not valid.', { cause });
}

import type { ExecutionResult } from 'graphql';
import { deadlineExceeded } from '../lib/deadline.ts';
import type { EngineContext } from './engine-request.ts';
import { publicError } from './public-error.ts';

/** Ends of validation messages that name what the schema has. */
const SUGGESTION = / Did you mean [^?]*\?/g;

/** Makes every error of a result public and writes the causes down for the operator. */
export function publicResult(result: ExecutionResult, context: EngineContext): ExecutionResult {
  const { errors, data, ...rest } = result;
  if (errors === undefined) return result;
  const { requestId, log, mayIntrospect, onError, hasHungUp } = context;
  // An aborted execution ends without an error of its own.
  const reported = errors.length === 0 && data == null ? [deadlineExceeded()] : errors;
  const made = reported.map((error) => publicError(error, requestId, data == null));
  for (const { code, cause, error } of made) {
    onError(code);
    if (!mayIntrospect) error.message = error.message.replace(SUGGESTION, '');
    if (code === 'INTERNAL') log.error({ err: cause }, 'a resolver failed');
    else if (cause !== undefined && !hasHungUp()) log.warn({ err: cause, code }, 'a resolver was refused');
  }
  return { ...rest, ...(data === undefined ? {} : { data }), errors: made.map(({ error }) => error) };
}

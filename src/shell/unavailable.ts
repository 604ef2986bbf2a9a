import { CodedError } from '../lib/coded-error.ts';

/** How soon a caller may ask again for a tenant that cannot be reached, in milliseconds. */
const RETRY_MS = 2_000;

export function unavailable(cause: unknown): CodedError {
  return new CodedError('TENANT_UNAVAILABLE', 'This tenant cannot be reached right now; try again shortly.', {
    cause,
    retryAfterMs: RETRY_MS,
  });
}

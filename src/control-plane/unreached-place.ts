import { CodedError } from '../lib/coded-error.ts';
import { isAbortError } from '../lib/deadline.ts';
import { isUnreachable } from '../mongo/reachability.ts';
import type { TenantRecord } from './tenant-record.ts';

/** How soon it is worth to ask again, in milliseconds. */
const RETRY_MS = 10_000;

/**
 * Waits for work on a registration that is written down already.
 *
 * @throws {CodedError} TENANT_UNAVAILABLE where its cluster or deployment does not answer, saying what becomes of it.
 */
export async function orSayUnreached<R>(draft: TenantRecord, work: Promise<R>): Promise<R> {
  try {
    return await work;
  } catch (cause) {
    if (!isUnreachable(cause) && !isAbortError(cause)) throw cause;
    throw new CodedError('TENANT_UNAVAILABLE', outlookOf(draft), { cause, retryAfterMs: RETRY_MS });
  }
}

/** A minute is what the attempts take until the sweeper undoes a registration (`MAX_ATTEMPTS`). */
function outlookOf({ identifier, placement, provisioning, isSelfRegistered }: TenantRecord): string {
  const isRepeatable = provisioning.keyHash !== undefined;
  if (isSelfRegistered) {
    return isRepeatable
      ? 'This tenant cannot be made right now; send the same again shortly, with its idempotency key.'
      : 'This tenant cannot be made right now; its registration is undone. Try again later.';
  }
  const place =
    placement.mode === 'DEDICATED' ? `The deployment of ${identifier}` : `The cluster ${placement.cluster}`;
  const wayIn = isRepeatable
    ? 'the same request with its idempotency key then answers with credentials'
    : `\`token ${identifier}\` of the command line then gets you in`;
  return `${place} does not answer. If it does within a minute, a gateway carries the registration of ${identifier} on, and ${wayIn}; if not, it is undone.`;
}

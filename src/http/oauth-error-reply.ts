import type { ErrorCode } from '../lib/error-codes.ts';
import type { Reply } from './exchange.ts';

/** What OAuth calls our errors (RFC 6749 section 5.2, and 4.1.2.1 for faults that pass); others are of the request. */
const NAMES: Partial<Record<ErrorCode, string>> = {
  RATE_LIMITED: 'temporarily_unavailable',
  TENANT_UNAVAILABLE: 'temporarily_unavailable',
  CAPACITY_EXHAUSTED: 'temporarily_unavailable',
  DEADLINE_EXCEEDED: 'temporarily_unavailable',
  INTERNAL: 'server_error',
};

/** An error of our own stages at the address of an identity provider, in the form its callers know. */
export function oauthErrorReply(
  { status, headers }: Omit<Reply, 'body'>,
  { code, message, requestId }: { code: ErrorCode; message: string; requestId: string },
): Reply {
  return {
    status,
    headers: { ...headers, 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
    // The code, as GraphQL has it, for people who look into a log.
    body: JSON.stringify({
      error: NAMES[code] ?? 'invalid_request',
      error_description: message,
      code,
      requestId,
    }),
  };
}

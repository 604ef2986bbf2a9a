import type { ErrorCode } from '../lib/error-codes.ts';

/** What a WebSocket closes with (RFC 6455 section 7.4, and what graphql-transport-ws adds to it). */
export const CLOSE_CODES = {
  restart: 1012,
  tryLater: 1013,
  unauthorized: 4401,
  forbidden: 4403,
} as const;

/**
 * The close code for an error that ended a subscription, or undefined when other operations of the connection may go on.
 * Well-behaved clients reconnect by themselves after all but `unauthorized`.
 */
export function closeCodeOf(code: ErrorCode): number | undefined {
  switch (code) {
    case 'UNAUTHENTICATED':
      return CLOSE_CODES.unauthorized;
    case 'TENANT_SUSPENDED':
    case 'TENANT_NOT_FOUND':
    case 'TENANT_MISMATCH':
    case 'TENANT_REQUIRED':
    case 'FORBIDDEN':
      return CLOSE_CODES.forbidden;
    case 'TENANT_UNAVAILABLE':
    case 'LIMIT_EXCEEDED':
      return CLOSE_CODES.tryLater;
    case 'NOT_FOUND':
    case 'MODULE_DISABLED':
    case 'GRAPHQL_PARSE_FAILED':
    case 'GRAPHQL_VALIDATION_FAILED':
    case 'BAD_USER_INPUT':
    case 'RATE_LIMITED':
    case 'CAPACITY_EXHAUSTED':
    case 'DEADLINE_EXCEEDED':
    case 'INTERNAL':
      return undefined;
  }
}

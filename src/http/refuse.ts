import { GraphQLError } from 'graphql';
import type { ErrorCode } from '../lib/error-codes.ts';

/** A fault of the HTTP request itself, with the status HTTP has for it. */
export function refusal(
  status: number,
  code: ErrorCode,
  message: string,
  headers?: Record<string, string>,
): GraphQLError {
  return new GraphQLError(message, {
    extensions: { code, http: { status, spec: false, ...(headers === undefined ? {} : { headers }) } },
  });
}

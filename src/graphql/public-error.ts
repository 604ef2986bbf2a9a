import { GraphQLError } from 'graphql';
import { CodedError } from '../lib/coded-error.ts';
import { ERROR_CODES, type ErrorCode } from '../lib/error-codes.ts';
import { isAbortError } from '../lib/deadline.ts';
import { isUnreachable } from '../mongo/reachability.ts';

/** What `extensions.http` tells Yoga: status and headers; `spec`: only for application/graphql-response+json. */
export interface ErrorHttp {
  status: number;
  headers?: Record<string, string>;
  spec?: boolean;
}

/** An error ready to be sent, and the cause that goes to the operator's log. */
export interface PublicError {
  error: GraphQLError;
  code: ErrorCode;
  cause: unknown;
}

/** A caller's own input comes back in messages; a megabyte of it should not. */
const MAX_MESSAGE = 500;

/** How soon a caller may try again when a database did not answer, in milliseconds. */
const RETRY_MS = 2_000;

/** Codes that GraphQL over HTTP wants as 200 from a server that speaks application/json. */
const REQUEST_ERRORS: readonly ErrorCode[] = [
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'MODULE_DISABLED',
  'BAD_USER_INPUT',
  'LIMIT_EXCEEDED',
];

/**
 * The one place where errors become public: a known code with its message, or `INTERNAL` without any.
 *
 * @param error - anything that was thrown or reported.
 * @param requestId - sent as `extensions.requestId`.
 * @param isRequestFailed - true when the response carries no `data`: then the code decides the HTTP status.
 */
export function publicError(error: unknown, requestId: string, isRequestFailed: boolean): PublicError {
  const coded = codedErrorOf(error);
  const located = error instanceof GraphQLError ? error : undefined;
  const http = isRequestFailed ? httpOf(coded, located) : undefined;
  return {
    code: coded.code,
    cause: coded.cause ?? (coded.code === 'INTERNAL' ? error : undefined),
    error: new GraphQLError(coded.message.slice(0, MAX_MESSAGE), {
      ...(located?.nodes === undefined ? {} : { nodes: located.nodes }),
      ...(located?.source === undefined ? {} : { source: located.source }),
      ...(located?.positions === undefined ? {} : { positions: located.positions }),
      ...(located?.path === undefined ? {} : { path: located.path }),
      extensions: {
        ...coded.extensions,
        code: coded.code,
        requestId,
        ...(http === undefined ? {} : { http }),
      },
    }),
  };
}

/** The status and headers of a code (CONTRACT 6). */
export function httpOf(coded: CodedError, located?: GraphQLError): ErrorHttp {
  const given = located?.extensions['http'] as ErrorHttp | undefined;
  const status = given?.status ?? ERROR_CODES[coded.code].httpStatus;
  const headers: Record<string, string> = { ...given?.headers };
  if (coded.code === 'UNAUTHENTICATED') {
    // RFC 6750 section 3.1: a request without any credentials gets no error code.
    headers['www-authenticate'] = coded.cause === undefined ? 'Bearer' : 'Bearer error="invalid_token"';
  }
  if (coded.retryAfterMs !== undefined)
    headers['retry-after'] = String(Math.ceil(coded.retryAfterMs / 1_000));
  // What Yoga calls a bad request never became GraphQL: broken JSON is 400 for every media type. Errors of variables
  // come with a status, say nothing of media types, and point into the document.
  const isBadRequest = located?.extensions['code'] === 'BAD_REQUEST';
  const isOfDocument = given === undefined || located?.nodes !== undefined;
  const isSpec = !isBadRequest && (given?.spec ?? (isOfDocument && REQUEST_ERRORS.includes(coded.code)));
  return { status, headers, ...(isSpec ? { spec: true } : {}) };
}

function codedErrorOf(error: unknown): CodedError {
  const original = rootOf(error);
  if (original instanceof CodedError) return original;
  if (original instanceof GraphQLError) return fromGraphQL(original, error);
  if (isUnreachable(original)) {
    return new CodedError(
      'TENANT_UNAVAILABLE',
      'This tenant cannot be reached right now; try again shortly.',
      {
        cause: original,
        retryAfterMs: RETRY_MS,
      },
    );
  }
  if (isAbortError(original)) {
    return new CodedError('DEADLINE_EXCEEDED', 'The deadline of this request passed.', { cause: original });
  }
  return new CodedError('INTERNAL', 'Something went wrong here; it has been written down.', {
    cause: original,
  });
}

function rootOf(error: unknown): unknown {
  let root = error;
  while (root instanceof GraphQLError && root.originalError !== undefined) root = root.originalError;
  return root;
}

/** Errors of graphql-js, Yoga and this gateway's own checks of documents. */
function fromGraphQL(original: GraphQLError, reported: unknown): CodedError {
  const { code, limit, module } = original.extensions;
  if (typeof code === 'string' && Object.hasOwn(ERROR_CODES, code)) {
    const extensions = {
      ...(limit === undefined ? {} : { limit }),
      ...(module === undefined ? {} : { module }),
    };
    return new CodedError(code as ErrorCode, original.message, { extensions });
  }
  // Raised while a field was executed, yet pointing at a value in the document: an argument of the wrong form.
  const isArgument =
    original.nodes !== undefined || !(reported instanceof GraphQLError && reported.path !== undefined);
  return isArgument
    ? new CodedError('BAD_USER_INPUT', original.message)
    : new CodedError('INTERNAL', 'Something went wrong here; it has been written down.', { cause: original });
}

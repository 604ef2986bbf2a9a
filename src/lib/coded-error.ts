import type { ErrorCode } from './error-codes.ts';

export interface CodedErrorOptions {
  /** What really happened; goes to the operator's log, never to the caller. */
  cause?: unknown;
  /** Further public members of `extensions`. */
  extensions?: Record<string, unknown>;
  /** Sent as `Retry-After`, rounded up to seconds. */
  retryAfterMs?: number;
}

/** The one error type whose code and message may reach a caller; everything else is masked as `INTERNAL`. */
export class CodedError extends Error {
  readonly code: ErrorCode;
  readonly extensions: Record<string, unknown>;
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, message: string, options: CodedErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.name = 'CodedError';
    this.code = code;
    this.extensions = options.extensions ?? {};
    this.retryAfterMs = options.retryAfterMs;
  }
}

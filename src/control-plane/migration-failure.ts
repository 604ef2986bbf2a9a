import { mongo } from 'mongoose';

/** Longest message kept of a failure. */
const MAX_MESSAGE = 200;

/** A migration that failed in a tenant's database, by itself: not because that could not be reached. */
export class MigrationFailed extends Error {
  readonly migration: string;

  constructor(migration: string, cause: unknown) {
    super(`migration ${migration} failed: ${messageOf(cause)}`, { cause });
    this.name = 'MigrationFailed';
    this.migration = migration;
  }
}

/** Names of errors that speak of the way to a database or of the time a command took rather than of what is in it. */
const PASSING = new Set(['AbortError', 'TimeoutError', 'LockLost', 'LockBusy', 'MongoExpiredSessionError']);

/** True for what may be over by the next attempt without anybody doing anything. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof mongo.MongoServerError) return error.hasErrorLabel('RetryableWriteError');
  // Of the driver's errors all but the server's are about connections.
  return error instanceof mongo.MongoError || PASSING.has(error.name);
}

/** The code of a failure, for operators: the server's own name for it, or that of the error. */
export function codeOf(cause: unknown): string {
  if (cause instanceof mongo.MongoServerError)
    return String(cause.codeName ?? cause.code ?? 'MongoServerError');
  return cause instanceof Error ? cause.name : 'Error';
}

/** A failure in one short line, for operators: values of a tenant's documents and addresses are left out. */
export function messageOf(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  return message
    .replace(/^Index build failed: .* :: caused by :: /s, '')
    .replace(/ dup key: .*$/s, '')
    .replace(/mongodb(?:\+srv)?:\/\/\S+/g, 'mongodb://…')
    .replace(/\s+/g, ' ')
    .slice(0, MAX_MESSAGE);
}

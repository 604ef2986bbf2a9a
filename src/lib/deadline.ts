import { CodedError } from './coded-error.ts';

/** The abort reason of a request whose time is up; carries the code the caller is answered with. */
export function deadlineExceeded(): CodedError {
  return new CodedError('DEADLINE_EXCEEDED', 'The deadline of this request passed.');
}

/** True for what the MongoDB driver and the fetch API throw when their signal is aborted. */
export function isAbortError(error: unknown): boolean {
  return error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError');
}

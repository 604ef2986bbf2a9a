import { CodedError } from '../../src/lib/coded-error.ts';
import { UserErrors } from '../../src/lib/user-error.ts';

/** A failure of the command line itself. */
export class Failure extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** A signal ended the command. */
export class Interrupted extends Failure {
  readonly signal: NodeJS.Signals;

  constructor(signal: NodeJS.Signals, message: string) {
    super('INTERRUPTED', message);
    this.signal = signal;
  }
}

/** What a person can do something with; never a stack. */
export function failureOf(error: unknown): { code: string; message: string } {
  if (error instanceof CodedError || error instanceof Failure) {
    return { code: error.code, message: error.message };
  }
  if (error instanceof UserErrors) {
    // What is not about one value of the input has an empty path.
    const faults = error.errors.map(({ message, path }) =>
      [path.join('.'), message].filter(Boolean).join(': '),
    );
    return { code: error.errors[0]?.code ?? 'INVALID', message: faults.join(' ') };
  }
  return { code: 'FAILED', message: error instanceof Error ? error.message : String(error) };
}

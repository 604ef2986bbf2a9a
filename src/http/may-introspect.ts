import type { Config } from '../config/config.ts';
import { CodedError } from '../lib/coded-error.ts';

/** Who may see what the schema looks like (`INTROSPECTION`). */
export function mayIntrospect(setting: Config['introspection'], isSignedIn: boolean): boolean {
  return setting === 'public' || (setting === 'signed-in' && isSignedIn);
}

/** @throws {CodedError} UNAUTHENTICATED */
export function requireIntrospection(setting: Config['introspection'], isSignedIn: boolean): void {
  if (!mayIntrospect(setting, isSignedIn)) {
    throw new CodedError('UNAUTHENTICATED', 'Sign in to read the schema.');
  }
}

import { CodedError } from '../lib/coded-error.ts';
import { type Principal, scopesOf } from './principal.ts';

/**
 * Nobody grants a scope they lack.
 *
 * @throws {CodedError} FORBIDDEN, naming the first scope the caller lacks
 */
export function requireOwn(principal: Principal, names: readonly string[]): void {
  const own = scopesOf(principal);
  const missing = names.find((name) => !own.has(name));
  if (missing !== undefined) throw new CodedError('FORBIDDEN', `This needs the scope ${missing}.`);
}

import { scopesOf } from '../../auth/principal.ts';
import { CodedError } from '../../lib/coded-error.ts';
import type { Scope } from '../../shell/scope.ts';
import { type KnownClient, scopesAt } from './client.ts';

/**
 * Nobody grants a scope they lack.
 *
 * @throws {CodedError} FORBIDDEN, naming the first scope the caller lacks
 */
export function requireOwn({ principal }: Scope, names: readonly string[]): void {
  const own = scopesOf(principal);
  const missing = names.find((name) => !own.has(name));
  if (missing !== undefined) throw new CodedError('FORBIDDEN', `This needs the scope ${missing}.`);
}

/**
 * Nobody gets hold of a client that may do more at the gateway than they may: not by a secret of their own, and not by
 * an address its codes are sent to.
 *
 * @throws {CodedError} FORBIDDEN, naming the first scope the caller lacks
 */
export function requireNotStronger(scope: Scope, client: KnownClient): void {
  requireOwn(scope, scopesAt(client, null));
}

import { requireOwn } from '../../auth/require-own.ts';
import type { Scope } from '../../shell/scope.ts';
import { type KnownClient, scopesAt } from './client.ts';

/**
 * Nobody gets hold of a client that may do more at the gateway than they may: not by a secret of their own, and not by
 * an address its codes are sent to.
 *
 * @throws {CodedError} FORBIDDEN, naming the first scope the caller lacks
 */
export function requireNotStronger({ principal }: Scope, client: KnownClient): void {
  requireOwn(principal, scopesAt(client, null));
}

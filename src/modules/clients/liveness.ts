import { LRUCache } from 'lru-cache';
import { CLI_CLIENT_ID } from '../../auth/access-token.ts';
import type { Scope } from '../../shell/scope.ts';
import { perShell } from '../../shell/shell.ts';
import { clientStore } from './store.ts';

/** A little below the second within which a deleted client must be refused, for the read that fills the cache. */
const MAX_AGE_MS = 900;

/** Callers remembered per tenant; small, because every warm tenant pays for it. One more read is all a miss costs. */
const MAX_CALLERS = 64;

const livenessOf = perShell(() => new LRUCache<string, boolean>({ max: MAX_CALLERS, ttl: MAX_AGE_MS }));

/** False when the client behind the caller's token was deleted; on another node, less than a second ago. */
export async function isCallerLive(scope: Scope): Promise<boolean> {
  const { principal } = scope;
  if (principal.kind === 'anonymous' || principal.clientId === CLI_CLIENT_ID) return true;
  const cache = livenessOf(scope.shell);
  const remembered = cache.get(principal.clientId);
  if (remembered !== undefined) return remembered;
  const isLive = await clientStore(scope).has(principal.clientId);
  // What was noted during the read, a deletion on this node, is newer than what was read.
  if (!cache.has(principal.clientId)) cache.set(principal.clientId, isLive);
  return cache.get(principal.clientId) ?? isLive;
}

export function noteDeletion({ shell }: Scope, clientId: string): void {
  livenessOf(shell).set(clientId, false);
}

export function forgetLiveness({ shell }: Scope, clientId: string): void {
  livenessOf(shell).delete(clientId);
}

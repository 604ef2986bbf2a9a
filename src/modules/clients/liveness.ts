import { CLI_CLIENT_ID } from '../../auth/access-token.ts';
import type { Scope } from '../../shell/scope.ts';
import { perShell } from '../../shell/shell.ts';
import { clientStore } from './store.ts';

/** A little below the second within which a deleted client must be refused, for the read that fills the cache. */
const MAX_AGE_MS = 900;

/** Callers remembered per tenant; small, because every warm tenant pays for it. One more read is all a miss costs. */
const MAX_CALLERS = 64;

interface Remembered {
  /** When the client was made, in milliseconds since the epoch; Infinity when there is none. */
  madeAtMs: number;
  untilMs: number;
}

/** A bare map, oldest first: an LRU of this size takes 4.5 KiB of each warm tenant before anything is in it. */
const livenessOf = perShell(() => new Map<string, Remembered>());

function recall(callers: ReadonlyMap<string, Remembered>, clientId: string): number | undefined {
  const remembered = callers.get(clientId);
  return remembered !== undefined && remembered.untilMs > Date.now() ? remembered.madeAtMs : undefined;
}

function remember(callers: Map<string, Remembered>, clientId: string, madeAtMs: number): void {
  callers.delete(clientId);
  callers.set(clientId, { madeAtMs, untilMs: Date.now() + MAX_AGE_MS });
  const [oldest] = callers.keys();
  if (callers.size > MAX_CALLERS && oldest !== undefined) callers.delete(oldest);
}

/** `iat` is in whole seconds, so a token may look up to this much older than its client, in milliseconds. */
const IAT_PRECISION_MS = 1_000;

/**
 * False when the client behind the caller's token was deleted; on another node, less than a second ago. A token that is
 * older than its client was issued to an earlier one of the same id, which an idempotency key can make anew.
 */
export async function isCallerLive(scope: Scope): Promise<boolean> {
  const { principal } = scope;
  if (principal.kind === 'anonymous' || principal.clientId === CLI_CLIENT_ID) return true;
  const callers = livenessOf(scope.shell);
  const remembered = recall(callers, principal.clientId);
  if (remembered !== undefined) return isLiveSince(remembered, principal.issuedAtMs);
  const madeAtMs = (await clientStore(scope).byId(principal.clientId))?.createdAt.getTime() ?? Infinity;
  // What was noted during the read, a deletion on this node, is newer than what was read.
  const noted = recall(callers, principal.clientId);
  if (noted === undefined) remember(callers, principal.clientId, madeAtMs);
  return isLiveSince(noted ?? madeAtMs, principal.issuedAtMs);
}

function isLiveSince(madeAtMs: number, issuedAtMs: number): boolean {
  return issuedAtMs + IAT_PRECISION_MS > madeAtMs;
}

export function noteDeletion({ shell }: Scope, clientId: string): void {
  remember(livenessOf(shell), clientId, Infinity);
}

export function forgetLiveness({ shell }: Scope, clientId: string): void {
  livenessOf(shell).delete(clientId);
}

import { LRUCache } from 'lru-cache';
import { CONFINED_SCOPES } from './scopes.ts';

/** Most tokens carry one of a few lists of scopes; a set of its own would take 1.5 KiB of each token kept. */
const scopeSets = new LRUCache<string, ReadonlySet<string>>({ max: 1_000 });

/** The names in a `scope` claim (RFC 8693 section 4.2). */
export function scopeSet(scope: string): ReadonlySet<string> {
  let scopes = scopeSets.get(scope);
  if (scopes === undefined) {
    scopes = new Set(scope.split(' ').filter((name) => name !== ''));
    scopeSets.set(scope, scopes);
  }
  return scopes;
}

/** What counts of a `scope` claim for somebody confined to an application tenant, whatever the token says. */
export function confinedScopes(scope: string): ReadonlySet<string> {
  return scopeSet([...scopeSet(scope)].filter((name) => CONFINED_SCOPES.has(name)).join(' '));
}

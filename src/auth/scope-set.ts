import { LRUCache } from 'lru-cache';

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

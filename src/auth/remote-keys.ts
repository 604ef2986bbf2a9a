import { createRemoteJWKSet, customFetch, type JWTVerifyGetKey } from 'jose';
import { LRUCache } from 'lru-cache';
import type { OutsideFetch } from '../lib/outside-fetch.ts';
import type { TenantId } from '../tenancy/tenant.ts';

/** Issuers whose keys are kept. */
const MAX_ISSUERS = 1_000;

/** How long keys count as they were read, in milliseconds: a key that was withdrawn counts no longer. */
const MAX_AGE_MS = 300_000;

/** Pause before keys are read again because a token names one that is not known, in milliseconds. */
const UNKNOWN_KEY_MS = 10_000;

/** Pause before keys are read again that could not be read, in milliseconds. */
const FAILURE_MS = 5_000;

/**
 * Keys of issuers outside, read when a token needs them. Each tenant has its own, so that what is done to one (tokens
 * with thousands of unknown keys) does not touch how another's are read.
 */
export class RemoteKeys {
  readonly #fetch: OutsideFetch;
  readonly #keys = new LRUCache<string, JWTVerifyGetKey>({ max: MAX_ISSUERS });

  constructor(fetch: OutsideFetch) {
    this.#fetch = fetch;
  }

  of(tenant: TenantId, jwksUri: string): JWTVerifyGetKey {
    const name = `${tenant} ${jwksUri}`;
    let keys = this.#keys.get(name);
    if (keys === undefined) {
      keys = this.#follow(jwksUri);
      this.#keys.set(name, keys);
    }
    return keys;
  }

  #follow(jwksUri: string): JWTVerifyGetKey {
    let failedAtMs = -Infinity;
    return createRemoteJWKSet(new URL(jwksUri), {
      cacheMaxAge: MAX_AGE_MS,
      cooldownDuration: UNKNOWN_KEY_MS,
      [customFetch]: async () => {
        if (performance.now() - failedAtMs < FAILURE_MS) throw new Error(`${jwksUri} failed a moment ago`);
        try {
          return Response.json(await this.#fetch(jwksUri));
        } catch (error) {
          failedAtMs = performance.now();
          throw error;
        }
      },
    });
  }
}

import type { KeyObject } from 'node:crypto';
import { hmacSha256 } from '../../lib/hmac-sha256.ts';
import { sha256 } from '../../lib/sha256.ts';

/** Begins a hash that is keyed; earlier builds kept a plain SHA-256, which has no dot. */
const KEYED = 'k1.';

/** For filters: the hashes earlier builds kept. */
export const PLAIN_HASH = /^[^.]+$/;

/** What is kept of a secret: recognised with the tenant's own key only, and another in every tenant. */
export function hashOfSecret(key: KeyObject, plain: string): string {
  return keyedHash(key, sha256(plain));
}

/**
 * A kept hash as this build keeps it. It is taken over the SHA-256, which is all that is there of the secrets earlier
 * builds made.
 */
export function keyedHash(key: KeyObject, kept: string): string {
  return kept.startsWith(KEYED) ? kept : `${KEYED}${hmacSha256(key, kept)}`;
}

import { sha256 } from '../lib/sha256.ts';
import { invalidToken } from './unauthenticated.ts';

/**
 * Refuses every spelling of a compact JWS but one. A lenient decoder takes padding, spaces and spare bits, so that one
 * token has many spellings: each would be a key of its own in the cache and on a list of revoked tokens.
 *
 * @throws {CodedError} UNAUTHENTICATED
 */
export function requireCanonical(token: string): void {
  const parts = token.split('.');
  if (parts.length !== 3) throw invalidToken('not a compact JWS');
  for (const part of parts) {
    if (part === '' || Buffer.from(part, 'base64url').toString('base64url') !== part) {
      throw invalidToken('not canonical base64url');
    }
  }
}

/** SHA-256 of a canonical token; what caches are keyed by, so that no cache holds a credential. */
export function tokenDigest(token: string): string {
  return sha256(token);
}

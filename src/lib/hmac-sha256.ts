import { createHmac, type KeyObject } from 'node:crypto';

/** HMAC-SHA-256 (RFC 2104) in base64url. */
export function hmacSha256(key: KeyObject, text: string): string {
  return createHmac('sha256', key).update(text).digest('base64url');
}

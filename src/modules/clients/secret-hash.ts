import { createHmac, type KeyObject } from 'node:crypto';

/** What is kept of a secret: its HMAC-SHA-256 with a key of the tenant, so that the same one is another in each. */
export function hashOfSecret(key: KeyObject, plain: string): string {
  return createHmac('sha256', key).update(plain).digest('base64url');
}

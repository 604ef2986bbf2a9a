import { createHash } from 'node:crypto';

/** SHA-256 in base64url. For what must be recognised but not kept: high-entropy secrets, tokens, inputs. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

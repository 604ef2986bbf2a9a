import { randomBytes } from 'node:crypto';
import { sha256 } from '../../lib/sha256.ts';
import { uuidv7 } from '../../lib/uuid.ts';
import type { ClientSecret } from './client.ts';

/** A secret as it is made: what is kept, and what is shown once. */
export interface NewSecret {
  stored: ClientSecret;
  /** 256 random bits after a mark that secret scanners can look for. */
  plain: string;
}

export function newSecret(now: Date, expiresAt: Date | null): NewSecret {
  const plain = `tgs_${randomBytes(32).toString('base64url')}`;
  return {
    plain,
    stored: {
      id: uuidv7(now.getTime()),
      prefix: plain.slice(0, 10),
      hash: hashOfSecret(plain),
      createdAt: now,
      expiresAt,
      lastUsedAt: null,
    },
  };
}

export function hashOfSecret(plain: string): string {
  return sha256(plain);
}

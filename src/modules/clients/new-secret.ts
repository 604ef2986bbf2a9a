import { type KeyObject, randomBytes } from 'node:crypto';
import { uuidv7 } from '../../lib/uuid.ts';
import type { ClientSecret } from './client.ts';
import { hashOfSecret } from './secret-hash.ts';

/** A secret as it is made: what is kept, and what is shown once. */
export interface NewSecret {
  stored: ClientSecret;
  /** 256 random bits after a mark that secret scanners can look for. */
  plain: string;
}

/** @param key - of the tenant, for hashes of secrets. */
export function newSecret(key: KeyObject, now: Date, expiresAt: Date | null): NewSecret {
  const plain = `tgs_${randomBytes(32).toString('base64url')}`;
  return {
    plain,
    stored: {
      id: uuidv7(now.getTime()),
      prefix: plain.slice(0, 10),
      hash: hashOfSecret(key, plain),
      createdAt: now,
      expiresAt,
      lastUsedAt: null,
    },
  };
}

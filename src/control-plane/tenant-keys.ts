import { generateSigningKey } from '../auth/signing-key.ts';
import type { KeyObject } from 'node:crypto';
import type { SecretBox } from '../config/secrets.ts';
import { CodedError } from '../lib/coded-error.ts';
import { userError } from '../lib/user-error.ts';
import type { CachedDirectory } from './cached-directory.ts';
import type { ControlDatabase } from './control-database.ts';
import { newSecretKey } from './secret-keyring.ts';
import type { StoredKey, TenantRecord } from './tenant-record.ts';

/**
 * Keys kept. Each is part of the directory record and of the JWKS; tokens live for 30 days at most, so a key is gone
 * before them only where somebody rotates more often than every three days.
 */
export const MAX_KEYS = 10;

/** How often a rotation is tried again because somebody else rotated at the same time. */
const ATTEMPTS = 5;

export interface TenantKeysOptions {
  control: ControlDatabase;
  directory: CachedDirectory;
  box: SecretBox;
}

/** A new key pair of a tenant, its private half sealed. */
function newTenantKey(box: SecretBox, tenant: string): StoredKey {
  const { kid, alg, publicJwk, privatePem } = generateSigningKey();
  return { kid, alg, publicJwk, sealedPrivateKey: box.seal(privatePem, tenant) };
}

/** The keys a tenant starts with: as its record has them, and the one its first secret is hashed with. */
export function firstKeys(
  box: SecretBox,
  tenant: string,
): {
  stored: Required<Pick<TenantRecord, 'keys' | 'nextKey' | 'sealedSecretKey'>>;
  secretKey: KeyObject;
} {
  const { key, sealed } = newSecretKey(box, tenant);
  return {
    stored: {
      keys: [newTenantKey(box, tenant)],
      nextKey: newTenantKey(box, tenant),
      sealedSecretKey: sealed,
    },
    secretKey: key,
  };
}

/**
 * Signs a tenant's tokens from now on with the key that was published as the next one, and publishes another. Earlier
 * keys stay, so their tokens stay valid.
 *
 * @param keep - keys whose signatures go on to count, the new one included; 1 ends every token of the tenant.
 * @throws {CodedError} NOT_FOUND
 * @throws {UserErrors} INVALID when the tenant is not ACTIVE or SUSPENDED; CONFLICT when others rotate all the time.
 */
export async function rotateSigningKey(
  { control, directory, box }: TenantKeysOptions,
  tenant: string,
  keep: number = MAX_KEYS,
): Promise<TenantRecord> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const seen = await control.tenants.findOne({ _id: tenant });
    if (seen === null) throw new CodedError('NOT_FOUND', 'Nothing has this id.');
    if (seen.status !== 'ACTIVE' && seen.status !== 'SUSPENDED') {
      throw userError('INVALID', 'Only a tenant that is ACTIVE or SUSPENDED has keys to rotate.', 'id');
    }
    const current = seen.nextKey ?? newTenantKey(box, tenant);
    const record = await control.tenants.findOneAndUpdate(
      { _id: tenant, version: seen.version },
      {
        $push: { keys: { $each: [current], $position: 0, $slice: keep } },
        $set: { nextKey: newTenantKey(box, tenant), updatedAt: new Date() },
        $inc: { version: 1 },
      },
    );
    if (record === null) continue;
    directory.forget(record._id, record.names);
    return record;
  }
  throw userError('CONFLICT', 'The tenant is being changed by others; try again.', 'id');
}

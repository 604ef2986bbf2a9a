import { generateSigningKey } from '../auth/signing-key.ts';
import type { SecretBox } from '../config/secrets.ts';
import { CodedError } from '../lib/coded-error.ts';
import { userError } from '../lib/user-error.ts';
import type { CachedDirectory } from './cached-directory.ts';
import type { ControlDatabase } from './control-database.ts';

/**
 * Keys kept. Each is part of the directory record and of the JWKS; tokens live for 30 days at most, so a key is gone
 * before them only where somebody rotates more often than every three days.
 */
const MAX_KEYS = 10;

export interface TenantKeysOptions {
  control: ControlDatabase;
  directory: CachedDirectory;
  box: SecretBox;
}

/**
 * Makes the key a tenant's tokens are signed with from now on. Earlier keys stay, so their tokens stay valid.
 *
 * @returns the new key, and every key whose signatures count, newest first.
 * @throws {CodedError} NOT_FOUND
 * @throws {UserErrors} INVALID when the tenant is not ACTIVE or SUSPENDED.
 */
export async function rotateSigningKey(
  { control, directory, box }: TenantKeysOptions,
  tenant: string,
): Promise<{ kid: string; kids: string[] }> {
  const { kid, alg, publicJwk, privatePem } = await generateSigningKey();
  const key = { kid, alg, publicJwk, sealedPrivateKey: box.seal(privatePem, tenant) };
  const record = await control.tenants.findOneAndUpdate(
    { _id: tenant, status: { $in: ['ACTIVE', 'SUSPENDED'] } },
    {
      $push: { keys: { $each: [key], $position: 0, $slice: MAX_KEYS } },
      $set: { updatedAt: new Date() },
      $inc: { version: 1 },
    },
  );
  if (record === null) {
    if (await control.tenants.has({ _id: tenant })) {
      throw userError('INVALID', 'Only a tenant that is ACTIVE or SUSPENDED has keys to rotate.', 'id');
    }
    throw new CodedError('NOT_FOUND', 'Nothing has this id.');
  }
  directory.forget(record._id, record.names);
  return { kid, kids: record.keys.map((each) => each.kid) };
}

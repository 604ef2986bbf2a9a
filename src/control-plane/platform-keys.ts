import { generateSigningKey } from '../auth/signing-key.ts';
import type { SecretBox } from '../config/secrets.ts';
import { isDuplicateKey } from '../mongo/duplicate-key.ts';
import type { ControlDatabase } from './control-database.ts';
import type { PlatformKey } from './platform-key-record.ts';

export const PLATFORM_KEY_CONTEXT = 'platform';

/** The operator key; made at first use. Of two processes that make one at once, one wins and both use it. */
export async function platformKey(control: ControlDatabase, box: SecretBox): Promise<PlatformKey> {
  const existing = await control.platformKeys.findOne({ _id: 'operator' });
  if (existing !== null) return existing;
  const { kid, alg, publicJwk, privatePem } = generateSigningKey();
  const key: PlatformKey = {
    _id: 'operator',
    kid,
    alg,
    publicJwk,
    sealedPrivateKey: box.seal(privatePem, PLATFORM_KEY_CONTEXT),
  };
  try {
    return await control.platformKeys.insert(key);
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
    return platformKey(control, box);
  }
}

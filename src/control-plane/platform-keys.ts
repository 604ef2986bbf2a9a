import { Schema } from 'mongoose';
import type { JWK } from 'jose';
import { generateSigningKey } from '../auth/signing-key.ts';
import type { SecretBox } from '../config/secrets.ts';
import { isDuplicateKey } from '../mongo/duplicate-key.ts';
import { defineModel, type Stored } from '../mongo/model.ts';
import type { ControlDatabase } from './control-database.ts';

/** The key that signs operator tokens; one document. */
export interface PlatformKey extends Stored {
  _id: 'operator';
  kid: string;
  alg: string;
  publicJwk: JWK;
  sealedPrivateKey: string;
}

export const platformKeyModel = defineModel<PlatformKey>(
  'platform_keys',
  new Schema<PlatformKey>({
    _id: String,
    kid: String,
    alg: String,
    publicJwk: Schema.Types.Mixed,
    sealedPrivateKey: String,
  }),
);

export const PLATFORM_KEY_CONTEXT = 'platform';

/** The operator key; made at first use. Of two processes that make one at once, one wins and both use it. */
export async function platformKey(control: ControlDatabase, box: SecretBox): Promise<PlatformKey> {
  const existing = await control.platformKeys.findOne({ _id: 'operator' });
  if (existing !== null) return existing;
  const { kid, alg, publicJwk, privatePem } = await generateSigningKey();
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

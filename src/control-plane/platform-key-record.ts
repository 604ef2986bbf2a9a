import type { JWK } from 'jose';
import { Schema } from 'mongoose';
import { defineModel, type Stored } from '../mongo/model.ts';

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

import { exportJWK, exportPKCS8, generateKeyPair, importPKCS8, type CryptoKey, type JWK } from 'jose';
import { uuidv7 } from '../lib/uuid.ts';

/** A key pair as it is made; the private part leaves this process sealed only. */
export interface NewSigningKey {
  kid: string;
  alg: 'ES256';
  /** Public JWK with `kid`, `alg` and `use`. */
  publicJwk: JWK;
  /** PKCS #8 in PEM. */
  privatePem: string;
}

/** Makes an ES256 key pair (RFC 7518 section 3.4). */
export async function generateSigningKey(): Promise<NewSigningKey> {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const kid = uuidv7();
  const { kty, crv, x, y } = await exportJWK(publicKey);
  const publicJwk = { kty, crv, x, y, kid, alg: 'ES256', use: 'sig' } as JWK;
  return { kid, alg: 'ES256', publicJwk, privatePem: await exportPKCS8(privateKey) };
}

/** A private key ready to sign. */
export interface SigningKey {
  kid: string;
  alg: string;
  privateKey: CryptoKey;
}

export async function openSigningKey(key: {
  kid: string;
  alg: string;
  privatePem: string;
}): Promise<SigningKey> {
  return { kid: key.kid, alg: key.alg, privateKey: await importPKCS8(key.privatePem, key.alg) };
}

import { generateKeyPairSync } from 'node:crypto';
import { importPKCS8, type CryptoKey, type JWK } from 'jose';
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

/** Makes an ES256 key pair (RFC 7518 section 3.4). At once: in a thread of its own it would take five times as long. */
export function generateSigningKey(): NewSigningKey {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const kid = uuidv7();
  const { kty, crv, x, y } = publicKey.export({ format: 'jwk' });
  const publicJwk = { kty, crv, x, y, kid, alg: 'ES256', use: 'sig' } as JWK;
  return {
    kid,
    alg: 'ES256',
    publicJwk,
    privatePem: privateKey.export({ format: 'pem', type: 'pkcs8' }) as string,
  };
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

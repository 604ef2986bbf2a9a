import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import type { ExternalSigningKey } from 'oidc-provider';
import type { Tenant } from '../tenancy/tenant.ts';

/** A private key of a tenant, unsealed. */
export interface UnsealedKey {
  kid: string;
  alg: string;
  /** PKCS #8 in PEM. */
  privatePem: string;
}

/**
 * A key as the provider takes it: one that signs by itself. The library would hand every signature to a thread of its
 * own, which for ES256 costs twice what the signature does; and the private key stays here.
 *
 * @param Base - of the library, which is loaded when the first provider opens.
 */
export function providerKey(
  Base: typeof ExternalSigningKey,
  { kid, alg, privatePem }: UnsealedKey,
): ExternalSigningKey {
  const privateKey = createPrivateKey(privatePem);
  const publicKey = createPublicKey(privateKey);
  class SigningKey extends Base {
    override keyObject() {
      return publicKey;
    }

    /** ES256, as all keys of tenants are (RFC 7518 section 3.4): the two numbers of the signature side by side, not in DER. */
    override sign(data: Uint8Array) {
      return sign('sha256', data, { key: privateKey, dsaEncoding: 'ieee-p1363' });
    }
  }
  return Object.assign(new SigningKey(), { kid, alg });
}

const published = new WeakMap<Tenant['keys'], string>();

/** The public keys of a tenant as they are published, out of its directory record alone. */
export function publishedKeys({ keys }: Tenant): string {
  let text = published.get(keys);
  if (text === undefined) {
    text = JSON.stringify({ keys: keys.map(({ jwk }) => jwk) });
    published.set(keys, text);
  }
  return text;
}

import { createPrivateKey } from 'node:crypto';
import type { JWK } from 'oidc-provider';
import type { Tenant } from '../tenancy/tenant.ts';

/** A private key of a tenant, unsealed. */
export interface UnsealedKey {
  kid: string;
  alg: string;
  /** PKCS #8 in PEM. */
  privatePem: string;
}

/** A key as the provider takes it. */
export interface ProviderSigningKey {
  kid: string;
  alg: string;
  jwk: JWK;
}

export function providerKey({ kid, alg, privatePem }: UnsealedKey): ProviderSigningKey {
  const jwk = createPrivateKey(privatePem).export({ format: 'jwk' }) as JWK;
  return { kid, alg, jwk: { ...jwk, kid, alg, use: 'sig' } as JWK };
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

import { createPrivateKey, createPublicKey, createSign, type KeyObject } from 'node:crypto';
import { ExternalSigningKey } from 'oidc-provider';

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
 */
export class SigningKey extends ExternalSigningKey {
  readonly #privateKey: KeyObject;
  readonly #publicKey: KeyObject;

  constructor({ kid, alg, privatePem }: UnsealedKey) {
    super();
    this.#privateKey = createPrivateKey(privatePem);
    this.#publicKey = createPublicKey(this.#privateKey);
    Object.assign(this, { kid, alg });
  }

  override keyObject(): KeyObject {
    return this.#publicKey;
  }

  /** ES256, as all keys of tenants are (RFC 7518 section 3.4): its two numbers side by side, not in DER. */
  override sign(data: Uint8Array): Uint8Array {
    return createSign('sha256').update(data).sign({ key: this.#privateKey, dsaEncoding: 'ieee-p1363' });
  }
}

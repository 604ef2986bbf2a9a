import { createPrivateKey, type KeyObject, randomUUID, sign } from 'node:crypto';
import type { TestGateway, TestTenant } from './gateway.ts';

/** The private half of a tenant's signing key. */
export function privateKeyOf({ box }: TestGateway, { record }: TestTenant): KeyObject {
  return createPrivateKey(box.open(record.keys[0]!.sealedPrivateKey, record._id));
}

/** Header and claims of a token that is as it should be. */
export function soundToken({ record }: TestTenant): {
  header: Record<string, unknown>;
  claims: Record<string, unknown>;
} {
  const now = Math.floor(Date.now() / 1_000);
  const client = record.provisioning.bootstrapClient;
  return {
    header: { alg: 'ES256', kid: record.keys[0]!.kid, typ: 'at+jwt' },
    claims: {
      iss: record.issuer,
      aud: `${record.issuer}/graphql`,
      sub: client,
      client_id: client,
      tenant: record._id,
      scope: 'tenant:read',
      iat: now,
      exp: now + 600,
      jti: randomUUID(),
    },
  };
}

export const base64url = (text: string | Buffer): string => Buffer.from(text).toString('base64url');

/** Signs anything: objects are written as JSON, texts are taken as they are. */
export function forge(header: object | string, claims: object | string, key: KeyObject | Signer): string {
  const text = (part: object | string) => (typeof part === 'string' ? part : JSON.stringify(part));
  const input = `${base64url(text(header))}.${base64url(text(claims))}`;
  return `${input}.${base64url(typeof key === 'function' ? key(input) : sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }))}`;
}

export type Signer = (input: string) => Buffer;

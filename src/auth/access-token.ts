import { SignJWT } from 'jose';
import { uuidv7 } from '../lib/uuid.ts';
import type { SigningKey } from './signing-key.ts';

/** `client_id` of tokens the command line mints; no client record stands behind it. */
export const CLI_CLIENT_ID = 'tenant-gateway-cli';

export interface AccessTokenClaims {
  issuer: string;
  audience: string;
  subject: string;
  clientId: string;
  scopes: readonly string[];
  lifetimeMs: number;
  /** In milliseconds since the epoch. */
  issuedAtMs: number;
  /** The tenant claim: its name (`TENANT_CLAIM`) and the immutable id; absent in operator tokens. */
  tenant?: { claim: string; id: string };
}

export interface AccessToken {
  token: string;
  expiresAt: Date;
}

/** Signs an access token in the JWT profile (RFC 9068). */
export async function signAccessToken(key: SigningKey, claims: AccessTokenClaims): Promise<AccessToken> {
  const issuedAt = Math.floor(claims.issuedAtMs / 1_000);
  const expiresAt = issuedAt + Math.max(1, Math.floor(claims.lifetimeMs / 1_000));
  const token = await new SignJWT({
    client_id: claims.clientId,
    scope: claims.scopes.join(' '),
    ...(claims.tenant === undefined ? {} : { [claims.tenant.claim]: claims.tenant.id }),
  })
    .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: 'at+jwt' })
    .setIssuer(claims.issuer)
    .setAudience(claims.audience)
    .setSubject(claims.subject)
    .setIssuedAt(issuedAt)
    .setExpirationTime(expiresAt)
    .setJti(uuidv7())
    .sign(key.privateKey);
  return { token, expiresAt: new Date(expiresAt * 1_000) };
}

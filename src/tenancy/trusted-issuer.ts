import { sha256 } from '../lib/sha256.ts';
import type { TenantIdentifier } from './tenant.ts';

/** An identity provider outside whose tokens count at a tenant. */
export interface TrustedIssuer {
  /** `iss` of its tokens. */
  issuer: string;
  /** `aud` of those that are for this tenant. */
  audience: string;
  jwksUri: string;
  algorithms: readonly string[];
  claims: ClaimNames;
  /** Its tokens have these scopes at most. */
  scopes: readonly string[];
}

/** Under which names its tokens say what the gateway has to know. */
export interface ClaimNames {
  /** Id or identifier of the tenant; tokens may lack it. Null: the claim that names it in the gateway's own tokens. */
  tenant: string | null;
  subject: string;
  /** A text with spaces between the scopes, or a list. */
  scope: string;
}

/** Write port to the trusted issuers of the tenant a scope belongs to; the control plane implements it. */
export interface TenantIssuers {
  /** @throws {UserErrors} INVALID, TAKEN, LIMIT */
  add(issuer: Omit<TrustedIssuer, 'jwksUri'> & { jwksUri: string | undefined }): Promise<TrustedIssuer>;
  /**
   * Its tokens end with it.
   *
   * @throws {UserErrors} INVALID when this tenant has no such issuer
   */
  remove(issuer: string, audience: string): Promise<TrustedIssuer>;
}

/** What finds a tenant by an issuer it trusts; no identifier and no host looks like it. */
export function issuerName(issuer: string, audience: string): TenantIdentifier {
  return `@${sha256(JSON.stringify([issuer, audience]))}` as TenantIdentifier;
}

export function isIssuerName(name: string): boolean {
  return name.startsWith('@');
}

import type { Rows } from '../mongo/rows.ts';

/** The verified caller. Scopes are a set of names; what they allow is decided by the rules. */
export type Principal =
  | { readonly kind: 'anonymous' }
  | {
      readonly kind: 'client' | 'user';
      readonly subject: string;
      readonly clientId: string;
      /** Who vouches for it, when that is an identity provider outside: nothing here knows it then. */
      readonly issuer?: string | undefined;
      readonly scopes: ReadonlySet<string>;
      /** Id of the application tenant the caller is confined to; null: the whole tenant. */
      readonly applicationTenant: string | null;
      /** When its token was issued, in milliseconds since the epoch. */
      readonly issuedAtMs: number;
      /** `jti` of its token, by which it may be revoked. */
      readonly tokenId?: string | undefined;
      /** What its token was issued by, when that may be revoked as a whole. */
      readonly grantId?: string | undefined;
      /** What its account was when it was issued; see `generation.ts`. Absent in tokens of earlier builds. */
      readonly generation?: string | undefined;
    };

export const ANONYMOUS: Principal = { kind: 'anonymous' };

/** A verified caller. */
export type KnownPrincipal = Exclude<Principal, { kind: 'anonymous' }>;

/** Whether a caller is one of the tenant's own identity provider, whose clients and users are on record here. */
export function isOwn(principal: Principal): principal is KnownPrincipal {
  return principal.kind !== 'anonymous' && principal.issuer === undefined;
}

export function scopesOf(principal: Principal): ReadonlySet<string> {
  return principal.kind === 'anonymous' ? NO_SCOPES : principal.scopes;
}

/** What a caller sees and writes of what application tenants have. Nobody in particular sees what belongs to none. */
export function rowsOf(principal: Principal): Rows {
  if (principal.kind === 'anonymous') return OWN_ROWS;
  const { applicationTenant } = principal;
  return applicationTenant === null ? 'ALL' : { applicationTenant };
}

const OWN_ROWS: Rows = { applicationTenant: null };

const NO_SCOPES: ReadonlySet<string> = new Set();

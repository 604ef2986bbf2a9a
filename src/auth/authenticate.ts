import { decodeJwt, type JWTPayload } from 'jose';
import type { TenantDirectory } from '../tenancy/directory.ts';
import { isIdentifier } from '../tenancy/identifier.ts';
import type { Tenant } from '../tenancy/tenant.ts';
import { requireCanonical, tokenDigest } from './canonical-token.ts';
import type { Principal } from './principal.ts';
import { confinedScopes, scopeSet } from './scope-set.ts';
import type { TokenCache, VerifiedToken } from './token-cache.ts';
import { invalidToken } from './unauthenticated.ts';
import { verifyJwt } from './verify-jwt.ts';

export interface AuthenticatorOptions {
  directory: TenantDirectory;
  cache: TokenCache;
  /** `TENANT_CLAIM` */
  tenantClaim: string;
}

/** A caller and the tenant its token belongs to. */
export interface Authenticated {
  tenant: Tenant;
  principal: Principal;
  /** When the token stops to count, in milliseconds since the epoch. */
  expiresAtMs: number;
}

/**
 * Verifies bearer tokens of tenants. The issuer picks one directory record, whose public keys alone can verify the
 * token: nothing of a tenant's database is touched before a caller is known.
 */
export function createAuthenticator({ directory, cache, tenantClaim }: AuthenticatorOptions) {
  /** @throws {CodedError} UNAUTHENTICATED */
  return async function authenticate(token: string): Promise<Authenticated> {
    requireCanonical(token);
    const tenant = await tenantOf(token);
    const digest = tokenDigest(token);
    let verified = cache.get(tenant, digest);
    if (verified === undefined) {
      verified = await verify(token, tenant);
      cache.set(tenant, digest, verified);
    }
    if (verified.tenant !== tenant.id) throw invalidToken('cached for another tenant');
    return { tenant, principal: verified.principal, expiresAtMs: verified.expiresAtMs };
  };

  async function tenantOf(token: string): Promise<Tenant> {
    const issuer = issuerOf(token);
    // Any base: an issuer stays what it was at registration when PUBLIC_URL changes.
    const identifier = /\/t\/([^/]+)$/.exec(issuer)?.[1] ?? '';
    const tenant = isIdentifier(identifier) ? await directory.byIdentifier(identifier) : undefined;
    // An alias or a released and reused identifier may find a record whose issuer is another one.
    if (tenant?.issuer !== issuer) throw invalidToken('unknown issuer');
    return tenant;
  }

  async function verify(token: string, tenant: Tenant): Promise<VerifiedToken> {
    const payload = await verifyJwt(token, {
      issuer: tenant.issuer,
      audience: `${tenant.issuer}/graphql`,
      keys: tenant.keys,
    });
    const claim = payload[tenantClaim];
    if (claim !== undefined && claim !== tenant.id) throw invalidToken('tenant claim of another tenant');
    return { tenant: tenant.id, principal: principalOf(payload), expiresAtMs: (payload.exp ?? 0) * 1_000 };
  }
}

export type Authenticate = ReturnType<typeof createAuthenticator>;

function issuerOf(token: string): string {
  try {
    // Nothing is verified yet: the claim can be any JSON value.
    const { iss } = decodeJwt<{ iss?: unknown }>(token);
    return typeof iss === 'string' ? iss : '';
  } catch (error) {
    throw invalidToken(error);
  }
}

function principalOf(payload: JWTPayload): Principal {
  const { sub, client_id: clientId, scope = '', app_tenant: applicationTenant = null } = payload;
  if (typeof sub !== 'string' || typeof clientId !== 'string' || typeof scope !== 'string') {
    throw invalidToken('a claim has the wrong type');
  }
  // A caller confined to an application tenant must never be served as if it had the whole tenant.
  if (applicationTenant !== null) throw invalidToken('confined callers are not supported');
  return {
    kind: sub === clientId ? 'client' : 'user',
    subject: sub,
    clientId,
    scopes: applicationTenant === null ? scopeSet(scope) : confinedScopes(scope),
    applicationTenant,
    issuedAtMs: (payload.iat ?? 0) * 1_000,
    tokenId: payload.jti,
    grantId: typeof payload['gid'] === 'string' ? payload['gid'] : undefined,
  };
}

import { decodeJwt, type JWTPayload } from 'jose';
import type { TenantDirectory } from '../tenancy/directory.ts';
import { isIdentifier } from '../tenancy/identifier.ts';
import type { Tenant } from '../tenancy/tenant.ts';
import type { TrustedIssuer } from '../tenancy/trusted-issuer.ts';
import { requireCanonical, tokenDigest } from './canonical-token.ts';
import type { KnownPrincipal, Principal } from './principal.ts';
import type { RemoteKeys } from './remote-keys.ts';
import { confinedScopes, scopeSet } from './scope-set.ts';
import type { TokenCache, VerifiedToken } from './token-cache.ts';
import { invalidToken } from './unauthenticated.ts';
import { verifyExternal } from './verify-external.ts';
import { verifyJwt } from './verify-jwt.ts';

export interface AuthenticatorOptions {
  directory: TenantDirectory;
  cache: TokenCache;
  remoteKeys: RemoteKeys;
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
 * Verifies bearer tokens of tenants. The issuer, one outside together with the audience, picks one directory record,
 * whose keys alone can verify the token: nothing of a tenant's database is touched before a caller is known.
 */
export function createAuthenticator({ directory, cache, remoteKeys, tenantClaim }: AuthenticatorOptions) {
  /** @throws {CodedError} UNAUTHENTICATED */
  return async function authenticate(token: string): Promise<Authenticated> {
    requireCanonical(token);
    const { tenant, trusted } = await trustOf(token);
    const digest = tokenDigest(token);
    let verified = cache.get(tenant, digest);
    if (verified === undefined) {
      verified = await (trusted === undefined
        ? verify(token, tenant)
        : verifyExternal(token, tenant, trusted, {
            keys: remoteKeys.of(tenant.id, trusted.jwksUri),
            tenantClaim,
          }));
      cache.set(tenant, digest, verified);
    }
    if (verified.tenant !== tenant.id) throw invalidToken('cached for another tenant');
    return { tenant, principal: verified.principal, expiresAtMs: verified.expiresAtMs };
  };

  async function trustOf(token: string): Promise<Trust> {
    const { issuer, audience } = unverifiedOf(token);
    // Any base: an issuer stays what it was at registration when PUBLIC_URL changes.
    const identifier = /\/t\/([^/]+)$/.exec(issuer)?.[1] ?? '';
    const tenant = isIdentifier(identifier) ? await directory.byIdentifier(identifier) : undefined;
    // An alias or a released and reused identifier may find a record whose issuer is another one.
    if (tenant?.issuer === issuer) return { tenant };
    const truster = audience === '' ? undefined : await directory.byTrustedIssuer(issuer, audience);
    const trusted = truster?.trustedIssuers.find(
      (each) => each.issuer === issuer && each.audience === audience,
    );
    if (truster === undefined || trusted === undefined) throw invalidToken('unknown issuer');
    return { tenant: truster, trusted };
  }

  async function verify(token: string, tenant: Tenant): Promise<VerifiedToken> {
    const payload = await verifyJwt(token, {
      issuer: tenant.issuer,
      audience: `${tenant.issuer}/graphql`,
      keys: tenant.keys.all,
    });
    const principal = ownPrincipal(payload, tenant, tenantClaim);
    return { tenant: tenant.id, principal, expiresAtMs: (payload.exp ?? 0) * 1_000 };
  }
}

export type Authenticate = ReturnType<typeof createAuthenticator>;

/** Who must have signed a token. */
interface Trust {
  tenant: Tenant;
  /** Absent: the tenant's own provider. */
  trusted?: TrustedIssuer;
}

/** What a token says of its issuer and its one audience; '' for none, and for several. */
function unverifiedOf(token: string): { issuer: string; audience: string } {
  try {
    // Nothing is verified yet: the claims can be any JSON value.
    const { iss, aud } = decodeJwt<{ iss?: unknown; aud?: unknown }>(token);
    const audience: unknown = Array.isArray(aud) && aud.length === 1 ? aud[0] : aud;
    return {
      issuer: typeof iss === 'string' ? iss : '',
      audience: typeof audience === 'string' ? audience : '',
    };
  } catch (error) {
    throw invalidToken(error);
  }
}

/**
 * Who a verified token of a tenant's own stands for.
 *
 * @throws {CodedError} UNAUTHENTICATED
 */
export function ownPrincipal(
  payload: JWTPayload,
  { id }: Pick<Tenant, 'id'>,
  tenantClaim: string,
): KnownPrincipal {
  const claim = payload[tenantClaim];
  if (claim !== undefined && claim !== id) throw invalidToken('tenant claim of another tenant');
  const { sub, client_id: clientId, scope = '', app_tenant: applicationTenant = null } = payload;
  if (typeof sub !== 'string' || typeof clientId !== 'string' || typeof scope !== 'string') {
    throw invalidToken('a claim has the wrong type');
  }
  // A caller confined to an application tenant must never be served as if it had the whole tenant.
  if (applicationTenant !== null && (typeof applicationTenant !== 'string' || applicationTenant === '')) {
    throw invalidToken('app_tenant has the wrong type');
  }
  return {
    kind: sub === clientId ? 'client' : 'user',
    subject: sub,
    clientId,
    scopes: applicationTenant === null ? scopeSet(scope) : confinedScopes(scope),
    applicationTenant,
    issuedAtMs: (payload.iat ?? 0) * 1_000,
    tokenId: payload.jti,
    grantId: typeof payload['gid'] === 'string' ? payload['gid'] : undefined,
    generation: typeof payload['gen'] === 'string' ? payload['gen'] : undefined,
  };
}

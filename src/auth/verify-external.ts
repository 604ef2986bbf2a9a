import { errors, type JWTPayload, jwtVerify, type JWTVerifyGetKey } from 'jose';
import type { Tenant } from '../tenancy/tenant.ts';
import type { TrustedIssuer } from '../tenancy/trusted-issuer.ts';
import type { Principal } from './principal.ts';
import { confinedScopes, scopeSet } from './scope-set.ts';
import type { VerifiedToken } from './token-cache.ts';
import { invalidToken } from './unauthenticated.ts';
import { CLOCK_TOLERANCE_SECONDS, FORBIDDEN_HEADERS } from './verify-jwt.ts';

/** Types of tokens that are made to be sent to an API; a logout token, say, is none, though the same key signs it. */
const TYPES = ['jwt', 'at+jwt', 'application/at+jwt'];

/**
 * Checks a token of an issuer outside by what the tenant has registered of it.
 *
 * @throws {CodedError} UNAUTHENTICATED
 */
export async function verifyExternal(
  token: string,
  tenant: Tenant,
  trusted: TrustedIssuer,
  { keys, tenantClaim }: { keys: JWTVerifyGetKey; tenantClaim: string },
): Promise<VerifiedToken> {
  const payload = await checked(token, trusted, keys);
  const { claims } = trusted;
  const names: unknown[] = [tenant.id, tenant.identifier, ...tenant.aliases];
  const named = payload[claims.tenant ?? tenantClaim];
  if (named !== undefined && !names.includes(named)) throw invalidToken('tenant claim of another tenant');
  return {
    tenant: tenant.id,
    principal: principalOf(payload, trusted),
    expiresAtMs: (payload.exp ?? 0) * 1_000,
  };
}

async function checked(token: string, trusted: TrustedIssuer, keys: JWTVerifyGetKey): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(
      token,
      (header, jws) => {
        const forbidden = FORBIDDEN_HEADERS.find((name) => name in header);
        if (forbidden !== undefined) throw new errors.JWSInvalid(`header ${forbidden} is refused`);
        if (header.typ !== undefined && !TYPES.includes(header.typ.toLowerCase())) {
          throw new errors.JWSInvalid('a token of this type is for nobody here');
        }
        return keys(header, jws);
      },
      {
        algorithms: [...trusted.algorithms],
        issuer: trusted.issuer,
        audience: trusted.audience,
        requiredClaims: ['exp'],
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
      },
    );
    return payload;
  } catch (error) {
    throw invalidToken(error);
  }
}

function principalOf(payload: JWTPayload, { issuer, claims, scopes: cap }: TrustedIssuer): Principal {
  const subject = payload[claims.subject];
  const clientId = payload['client_id'] ?? payload['azp'] ?? issuer;
  const applicationTenant = payload['app_tenant'] ?? null;
  if (typeof subject !== 'string' || subject === '' || typeof clientId !== 'string') {
    throw invalidToken('a claim has the wrong type');
  }
  if (applicationTenant !== null && (typeof applicationTenant !== 'string' || applicationTenant === '')) {
    throw invalidToken('app_tenant has the wrong type');
  }
  const scope = scopesIn(payload[claims.scope])
    .filter((name) => cap.includes(name))
    .join(' ');
  return {
    kind: subject === clientId ? 'client' : 'user',
    subject,
    clientId,
    issuer,
    scopes: applicationTenant === null ? scopeSet(scope) : confinedScopes(scope),
    applicationTenant,
    issuedAtMs: (payload.iat ?? 0) * 1_000,
  };
}

function scopesIn(claim: unknown): string[] {
  if (typeof claim === 'string') return claim.split(' ');
  return Array.isArray(claim) ? claim.filter((each) => typeof each === 'string') : [];
}

import type { JWTPayload } from 'jose';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { CLI_CLIENT_ID } from '../auth/access-token.ts';
import { ownPrincipal } from '../auth/authenticate.ts';
import { requireCanonical } from '../auth/canonical-token.ts';
import type { KnownPrincipal } from '../auth/principal.ts';
import { verifyJwt } from '../auth/verify-jwt.ts';
import type { Account } from '../modules/sign-in.ts';
import type { Scope } from '../shell/scope.ts';
import { isValidFor } from './account-validity.ts';
import { artifactModel } from './artifact.ts';
import { revocationsOf } from './revocations.ts';

export interface StructuredTokenOptions {
  /** Of the request that is being answered. */
  scopeOf(): Scope;
  account(subject: string): Promise<Account | undefined>;
  tenantClaim: string;
  /** What the gateway itself asks of a caller whose token is well signed. */
  isCallerLive(scope: Scope): Promise<boolean>;
}

/**
 * Revocation and introspection of signed access tokens, which the library refuses. It has checked everything else by
 * then: the client is authenticated, and the form is in order.
 */
export function structuredTokens({ scopeOf, account, tenantClaim, isCallerLive }: StructuredTokenOptions) {
  /** The gateway refuses tokens of clients and people who are gone, suspended or may less by now: so should others. */
  async function isAccepted(scope: Scope, principal: KnownPrincipal): Promise<boolean> {
    if (!(await isCallerLive(scope.asCaller(principal)))) return false;
    const { kind, subject, clientId } = principal;
    return kind === 'client' || clientId === CLI_CLIENT_ID || (await account(subject)) !== undefined;
  }

  /** What the library knows of a token it keeps: it does not look at whom it was issued to. */
  async function checkKept(ctx: KoaContextWithOIDC): Promise<void> {
    const { sub, client_id: clientId, iat } = ctx.body as KeptToken;
    if (sub === undefined || sub === clientId) return;
    const holder = await account(sub);
    if (holder === undefined || !isValidFor(holder, { iat })) ctx.body = { active: false };
  }

  return async (ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> => {
    await next();
    const { error, active } = (ctx.body ?? {}) as { error?: string; active?: boolean };
    if (active === true && ctx.oidc.route === 'introspection') await checkKept(ctx);
    if (error !== 'unsupported_token_type') return;
    const { client, params, route } = ctx.oidc;
    if (client === undefined) return;
    const scope = scopeOf();
    const { claims, principal } = (await ownToken(scope, String(params?.['token']), tenantClaim)) ?? {};
    const isOwner = claims?.['client_id'] === client.clientId;
    const isPublic = client.clientAuthMethod === 'none';
    if (route === 'revocation') {
      // RFC 7009 section 2.1: a token of another client's is refused; nothing tells a public client that there is one.
      if (claims !== undefined && !isOwner && !isPublic) {
        ctx.status = 400;
        ctx.body = {
          error: 'invalid_request',
          error_description: 'client is not authorized to revoke the presented token',
        };
        return;
      }
      if (claims !== undefined && isOwner) await revoke(scope, claims);
      ctx.status = 200;
      // Until now this was an error in JSON.
      ctx.type = '';
      ctx.body = '';
      return;
    }
    const isActive =
      principal !== undefined && (isOwner || !isPublic) && (await isAccepted(scope, principal));
    ctx.status = 200;
    ctx.body =
      isActive && claims !== undefined
        ? { ...released(claims), active: true, token_type: 'Bearer' }
        : { active: false };
  };
}

/** What the library says of a token it keeps (RFC 7662 section 2.2). */
interface KeptToken {
  sub?: string;
  client_id?: string;
  iat?: number;
}

/** A token this tenant's provider has signed and that has not expired, for whatever audience. */
async function ownToken(
  { tenant }: Scope,
  token: string,
  tenantClaim: string,
): Promise<{ claims: JWTPayload; principal: KnownPrincipal } | undefined> {
  try {
    requireCanonical(token);
    const claims = await verifyJwt(token, {
      issuer: tenant.issuer,
      audience: undefined,
      keys: tenant.keys.all,
    });
    return { claims, principal: ownPrincipal(claims, tenant, tenantClaim) };
  } catch {
    return undefined;
  }
}

async function revoke(scope: Scope, { jti, exp = 0 }: JWTPayload): Promise<void> {
  if (jti === undefined) return;
  const until = new Date((exp + 60) * 1_000);
  await revocationsOf(scope.shell).add(scope.model(artifactModel), { token: jti }, until);
}

function released({ gid: _gid, gen: _gen, ...claims }: JWTPayload): JWTPayload {
  return claims;
}

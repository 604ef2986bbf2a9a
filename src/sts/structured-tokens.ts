import type { JWTPayload } from 'jose';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { CLI_CLIENT_ID } from '../auth/access-token.ts';
import { requireCanonical } from '../auth/canonical-token.ts';
import { verifyJwt } from '../auth/verify-jwt.ts';
import type { Scope } from '../shell/scope.ts';
import { artifactModel } from './artifact.ts';
import { revocationsOf, type RevocationSubject } from './revocations.ts';

export interface StructuredTokenOptions {
  /** Of the request that is being answered. */
  scopeOf(): Scope;
  hasClient(id: string): Promise<boolean>;
  hasAccount(subject: string): Promise<boolean>;
}

/**
 * Revocation and introspection of signed access tokens, which the library refuses. It has checked everything else by
 * then: the client is authenticated, and the form is in order.
 */
export function structuredTokens({ scopeOf, hasClient, hasAccount }: StructuredTokenOptions) {
  /** The gateway refuses what was made for a client or a person that is gone or suspended: so should others. */
  async function hasHolder({ client_id: clientId, sub = '' }: JWTPayload): Promise<boolean> {
    if (clientId === CLI_CLIENT_ID) return true;
    return (await hasClient(String(clientId))) && (sub === clientId || (await hasAccount(sub)));
  }

  return async (ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> => {
    await next();
    if ((ctx.body as { error?: string } | undefined)?.error !== 'unsupported_token_type') return;
    const { client, params, route } = ctx.oidc;
    if (client === undefined) return;
    const scope = scopeOf();
    const claims = await ownClaims(scope, String(params?.['token']));
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
      claims !== undefined &&
      (isOwner || !isPublic) &&
      !(await isRevoked(scope, claims)) &&
      (await hasHolder(claims));
    ctx.status = 200;
    ctx.body = isActive ? { ...released(claims), active: true, token_type: 'Bearer' } : { active: false };
  };
}

/** The claims of a token this tenant's provider has signed and that has not expired, for whatever audience. */
async function ownClaims({ tenant }: Scope, token: string): Promise<JWTPayload | undefined> {
  try {
    requireCanonical(token);
    return await verifyJwt(token, { issuer: tenant.issuer, audience: undefined, keys: tenant.keys });
  } catch {
    return undefined;
  }
}

async function revoke(scope: Scope, { jti, exp = 0 }: JWTPayload): Promise<void> {
  if (jti === undefined) return;
  const until = new Date((exp + 60) * 1_000);
  await revocationsOf(scope.shell).add(scope.model(artifactModel), { token: jti }, until);
}

async function isRevoked(scope: Scope, claims: JWTPayload): Promise<boolean> {
  const subjects: RevocationSubject[] = [
    ...(claims.jti === undefined ? [] : [{ token: claims.jti }]),
    ...(typeof claims['gid'] === 'string' ? [{ grant: claims['gid'] }] : []),
  ];
  return revocationsOf(scope.shell).has(scope.model(artifactModel), subjects);
}

function released({ gid: _gid, ...claims }: JWTPayload): JWTPayload {
  return claims;
}

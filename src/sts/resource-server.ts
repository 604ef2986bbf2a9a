import type { errors, KoaContextWithOIDC, ResourceServer } from 'oidc-provider';
import { type KnownClient, scopesAt } from '../modules/clients/client.ts';
import type { ResourceStore } from '../modules/resources/store.ts';

/** The audience of tokens for this gateway. */
export function gatewayAudience(issuer: string): string {
  return `${issuer}/graphql`;
}

export interface ResourceServerOptions {
  issuer: string;
  resources(): ResourceStore;
  client(id: string): Promise<KnownClient | undefined>;
  lifetimeSeconds(): number;
  signingKey: { kid: string; alg: string };
  InvalidTarget: typeof errors.InvalidTarget;
  InvalidScope: typeof errors.InvalidScope;
}

/**
 * What a token for an audience may say: the scopes the resource has and the client was granted there and, once
 * somebody is signed in, of the gateway's those they hold themselves.
 */
export function resourceServers(options: ResourceServerOptions) {
  const { issuer, resources, client, lifetimeSeconds, signingKey, InvalidTarget, InvalidScope } = options;
  return async (
    ctx: KoaContextWithOIDC,
    audience: string,
    { clientId }: { clientId: string },
  ): Promise<ResourceServer> => {
    const known = await client(clientId);
    const scopes = known === undefined ? [] : await granted(known, audience);
    const holder = ctx.oidc.account as { scopes?: ReadonlySet<string> } | undefined;
    const isConfinedByHolder = audience === gatewayAudience(issuer) && holder?.scopes !== undefined;
    const effective = isConfinedByHolder ? scopes.filter((name) => holder.scopes?.has(name)) : scopes;
    if (ctx.oidc.params?.['grant_type'] === 'client_credentials') askAsItself(ctx, effective);
    return {
      scope: effective.join(' '),
      audience,
      accessTokenTTL: lifetimeSeconds(),
      accessTokenFormat: 'jwt',
      jwt: { sign: { alg: signingKey.alg as 'ES256', kid: signingKey.kid } },
    };
  };

  async function granted(known: KnownClient, audience: string): Promise<readonly string[]> {
    if (audience === gatewayAudience(issuer)) return scopesAt(known, null);
    const resource = await resources().byAudience(audience);
    const scopes = resource === null ? [] : scopesAt(known, resource._id);
    // A token without scopes would still open an API that looks at the audience alone.
    if (resource === null || scopes.length === 0) throw new InvalidTarget();
    const existing = new Set(resource.scopes.map(({ name }) => name));
    return scopes.filter((name) => existing.has(name));
  }

  /**
   * A client that asks for itself gets all it was granted where it names no scope (RFC 6749 section 3.3), and of those it
   * names what it was granted; nothing of them is no token, which would still open an API that looks at the audience alone.
   */
  function askAsItself({ oidc: { params = {} } }: KoaContextWithOIDC, scopes: readonly string[]): void {
    const asked = params['scope'] as string | undefined;
    if (asked === undefined) params['scope'] = scopes.length === 0 ? undefined : scopes.join(' ');
    else if (!asked.split(' ').some((name) => scopes.includes(name))) {
      throw new InvalidScope('none of these scopes is granted to this client', asked);
    }
  }
}

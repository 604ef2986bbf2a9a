import type { KoaContextWithOIDC, Provider } from 'oidc-provider';
import { accessTokenLifetimeSeconds } from '../auth/access-token-lifetime.ts';
import { clientStore } from '../modules/clients/store.ts';
import { resourceStore } from '../modules/resources/store.ts';
import type { Shell } from '../shell/shell.ts';
import { optionValue } from '../tenancy/option.ts';
import type { Tenant } from '../tenancy/tenant.ts';
import { stsAdapter } from './adapter.ts';
import { artifactModel } from './artifact.ts';
import { clientMetadata } from './client-metadata.ts';
import { stsConfiguration } from './configuration.ts';
import { handOver, type Listener } from './hand-over.ts';
import { KnownClients } from './known-clients.ts';
import { RequestScopes } from './request-scopes.ts';
import { gatewayAudience, resourceServers } from './resource-server.ts';
import { providerKey } from './signing-jwks.ts';
import type { StsOptions } from './sts-options.ts';

/** The record as the last request saw it. */
interface SeenTenant {
  tenant: Tenant;
}

/** One tenant's identity provider, for as long as its shell is open and its keys are the same. */
export class TenantProvider {
  readonly issuer: URL;
  readonly scopes: RequestScopes;
  readonly provider: Provider;
  readonly listener: Listener;
  readonly #seen: SeenTenant;
  #discovery: Promise<string> | undefined;

  constructor(provider: Provider, seen: SeenTenant, scopes: RequestScopes) {
    this.provider = provider;
    this.#seen = seen;
    this.scopes = scopes;
    this.issuer = new URL(seen.tenant.issuer);
    this.listener = provider.callback();
  }

  /** Told the record a request comes with: its options count from now on. */
  see(tenant: Tenant): void {
    this.#seen.tenant = tenant;
  }

  /** The provider's description of itself (OpenID Connect Discovery 1.0), which no request changes. */
  discovery(): Promise<string> {
    const target = '/.well-known/openid-configuration';
    const request = { method: 'GET', target, headers: {}, body: undefined, address: '' };
    this.#discovery ??= handOver(this.listener, this.issuer, request).then(({ body }) => String(body));
    return this.#discovery;
  }
}

/** Opens the provider of a tenant, over its own database. */
export async function openTenantProvider(
  shell: Shell,
  tenant: Tenant,
  { signingKeys, cookieKeys, tenantClaim, signIn }: StsOptions,
): Promise<TenantProvider> {
  // Loaded when it is needed: it is large, and complains aloud on runtimes it does not like.
  const { Provider, errors } = await import('oidc-provider');
  const keys = (await signingKeys(tenant.id)).map(providerKey);
  const [signingKey] = keys;
  if (signingKey === undefined) throw new Error(`tenant ${tenant.id} has no signing key`);

  const scopes = new RequestScopes(shell, () => Provider.ctx);
  const clients = new KnownClients(() => clientStore(scopes.current()));
  const seen: SeenTenant = { tenant };
  const audience = gatewayAudience(tenant.issuer);
  const provider = new Provider(
    tenant.issuer,
    stsConfiguration({
      issuer: new URL(tenant.issuer),
      keys,
      tenant: () => seen.tenant,
      tenantClaim,
      cookieKeys: cookieKeys(`cookies of ${tenant.id}`),
      gatewayAudience: audience,
      account: (ctx, subject) => signIn.account(scopes.of(ctx), subject),
      adapter: stsAdapter({
        artifacts: () => scopes.current().model(artifactModel),
        errors,
        findClient: async (id) => {
          const found = await clients.find(id);
          return found === null ? undefined : clientMetadata(found.client);
        },
      }),
      resourceServer: resourceServers({
        issuer: tenant.issuer,
        resources: (ctx) => resourceStore(scopes.of(ctx)),
        client: async (id) => (await clients.find(id))?.client,
        lifetimeSeconds: () => optionValue(accessTokenLifetimeSeconds, [seen.tenant.settings]),
        signingKey,
        InvalidTarget: errors.InvalidTarget,
      }),
    }),
  );
  // A client has several secrets, each with an end of its own, and of each we have a digest only.
  provider.Client.prototype.compareClientSecret = function (this: { clientId: string }, secret: string) {
    return clients.hasSecret(this.clientId, secret);
  };
  provider.on('server_error', (ctx, err) =>
    scopes.of(ctx).log.error({ err }, 'the identity provider failed'),
  );
  // Koa's own faults; it would write them to the standard error output.
  provider.on('error' as 'server_error', (err: unknown, ctx: unknown) => {
    scopes.of(ctx as KoaContextWithOIDC).log.error({ err }, 'the identity provider failed');
  });
  return new TenantProvider(provider, seen, scopes);
}

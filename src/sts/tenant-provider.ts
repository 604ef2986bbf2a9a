import type { Provider } from 'oidc-provider';
import { accessTokenLifetimeSeconds } from '../auth/access-token-lifetime.ts';
import { resourceStore } from '../modules/resources/store.ts';
import type { Shell } from '../shell/shell.ts';
import { optionValue } from '../tenancy/option.ts';
import type { Tenant } from '../tenancy/tenant.ts';
import { stsAdapter } from './adapter.ts';
import { artifactModel } from './artifact.ts';
import { clientMetadata } from './client-metadata.ts';
import { stsConfiguration } from './configuration.ts';
import { graphiqlClient } from './graphiql-client.ts';
import { handOver, type Listener } from './hand-over.ts';
import { KnownClients } from './known-clients.ts';
import { RequestScope } from './request-scope.ts';
import { gatewayAudience, resourceServers } from './resource-server.ts';
import { allowedGrants } from './token-options.ts';
import { revocationsOf } from './revocations.ts';
import { signInPolicy } from './sign-in-policy.ts';
import { structuredTokens } from './structured-tokens.ts';
import type { StsOptions } from './sts-options.ts';

/** The record as the last request saw it. */
interface SeenTenant {
  tenant: Tenant;
}

/** One tenant's identity provider, for as long as its shell is open and its keys are the same. */
export class TenantProvider {
  readonly issuer: URL;
  readonly requests: RequestScope;
  readonly provider: Provider;
  readonly listener: Listener;
  readonly #seen: SeenTenant;

  constructor(provider: Provider, seen: SeenTenant, requests: RequestScope) {
    this.provider = provider;
    this.#seen = seen;
    this.requests = requests;
    this.issuer = new URL(seen.tenant.issuer);
    this.listener = provider.callback();
  }

  /** Told the record a request comes with: its options count from now on. */
  see(tenant: Tenant): void {
    this.#seen.tenant = tenant;
  }

  /** The provider's description of itself (OpenID Connect Discovery 1.0), which no request changes. */
  async describe(): Promise<string> {
    const target = '/.well-known/openid-configuration';
    const asked = { method: 'GET', target, headers: {}, body: undefined, address: '' };
    const { status, body } = await handOver(this.listener, this.issuer, asked);
    if (status !== 200) throw new Error(`the identity provider describes itself with ${status}`);
    return String(body);
  }
}

/** Opens the provider of a tenant, over its own database. */
export async function openTenantProvider(
  shell: Shell,
  tenant: Tenant,
  { signingKeys, cookieKeys, tenantClaim, people, isCallerLive, graphiql }: StsOptions,
): Promise<TenantProvider> {
  // Loaded when it is needed: it is large, and complains aloud on runtimes it does not like.
  const [{ Provider, errors, interactionPolicy }, { SigningKey }] = await Promise.all([
    import('oidc-provider'),
    import('./signing-key.ts'),
  ]);
  const keys = await signingKeys(tenant.id);
  const [signingKey] = keys;
  if (signingKey === undefined) throw new Error(`tenant ${tenant.id} has no signing key`);

  const requests = new RequestScope(shell);
  const seen: SeenTenant = { tenant };
  const clients = new KnownClients(
    () => requests.current(),
    () => (graphiql === undefined ? null : graphiqlClient(seen.tenant, graphiql)),
  );
  const accountOf = (subject: string) => people.account(requests.current(), subject);
  const audience = gatewayAudience(tenant.issuer);
  const provider = new Provider(
    tenant.issuer,
    stsConfiguration({
      issuer: new URL(tenant.issuer),
      keys: keys.map((key) => new SigningKey(key)),
      tenant: () => seen.tenant,
      tenantClaim,
      cookieKeys: cookieKeys(`cookies of ${tenant.id}`),
      gatewayAudience: audience,
      policy: signInPolicy(interactionPolicy, (account, asked) =>
        people.isWelcome(requests.current(), account, asked),
      ),
      account: accountOf,
      host: (subject) => people.host(requests.current(), subject),
      adapter: stsAdapter({
        artifacts: () => requests.current().model(artifactModel),
        errors,
        revokeGrant: (artifacts, grant) => revocationsOf(shell).addGrant(artifacts, grant),
        findClient: async (id) => {
          const found = await clients.find(id);
          return found === null
            ? undefined
            : clientMetadata(found.client, optionValue(allowedGrants, [seen.tenant.settings]));
        },
      }),
      resourceServer: resourceServers({
        issuer: tenant.issuer,
        resources: () => resourceStore(requests.current()),
        client: async (id) => (await clients.find(id))?.client,
        lifetimeSeconds: () => optionValue(accessTokenLifetimeSeconds, [seen.tenant.settings]),
        signingKey,
        InvalidTarget: errors.InvalidTarget,
        InvalidScope: errors.InvalidScope,
      }),
    }),
  );
  // A client has several secrets, each with an end of its own, and of each we have a digest only.
  provider.Client.prototype.compareClientSecret = function (this: { clientId: string }, secret: string) {
    return clients.hasSecret(this.clientId, secret);
  };
  provider.use(
    structuredTokens({
      scopeOf: () => requests.current(),
      account: accountOf,
      tenantClaim,
      isCallerLive,
    }),
  );
  const noteFault = (err: unknown) => requests.current().log.error({ err }, 'the identity provider failed');
  provider.on('server_error', (_ctx, err) => noteFault(err));
  // Koa's own faults; it would write them to the standard error output.
  provider.on('error' as 'server_error', noteFault as () => void);
  return new TenantProvider(provider, seen, requests);
}

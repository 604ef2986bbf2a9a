import type { Scope } from '../shell/scope.ts';
import { perShell, type Shell } from '../shell/shell.ts';
import type { Tenant } from '../tenancy/tenant.ts';
import type { StsReply, StsRequest } from './hand-over.ts';
import { interactionListener, isInteraction } from './interaction.ts';
import { answerPasswordPage, isPasswordPage } from './password-page.ts';
import { publishedKeys } from './published-keys.ts';
import type { StsOptions } from './sts-options.ts';
import { answerThroughSwitch } from './switch-sessions.ts';
import { openTenantProvider, type TenantProvider } from './tenant-provider.ts';

export interface Sts {
  /**
   * What a tenant publishes at a path below its issuer, as far as it is in memory: its keys always, the description of
   * its provider while that is open. Whoever verifies tokens goes on doing so while the tenant's database cannot be
   * reached, and waits for nobody's turn.
   */
  published(tenant: Tenant, path: string): StsReply | undefined;
  /** Answers a request below a tenant's issuer. */
  answer(scope: Scope, request: StsRequest): Promise<StsReply>;
}

/** As the library would take it, which would answer with the keys it signs with alone. */
const KEYS_PATH = /^\/oauth\/jwks\/?$/i;
const DISCOVERY_PATH = '/.well-known/openid-configuration';

/** How long others may keep what a tenant publishes, in seconds. A new key is published long before it signs. */
const MAX_AGE_SECONDS = 60;

const PUBLISHED_HEADERS = {
  'content-type': 'application/json; charset=utf-8',
  'cache-control': `public, max-age=${MAX_AGE_SECONDS}`,
  'access-control-allow-origin': '*',
};

/** The identity providers of tenants: each is opened in its tenant's shell at first use and goes with it. */
export function createSts(options: StsOptions): Sts {
  const providers = perShell((shell) => new ProviderSlot(shell, options));
  return {
    published(tenant, path) {
      if (KEYS_PATH.test(path)) return asPublished(publishedKeys(tenant));
      if (path !== DISCOVERY_PATH) return undefined;
      const shell = options.openShell(tenant);
      const description = shell && providers(shell).description;
      return description === undefined ? undefined : asPublished(description);
    },
    async answer(scope, request) {
      if (isPasswordPage(request.target)) return answerPasswordPage(scope, options.people, request);
      const slot = providers(scope.shell);
      const opened = await slot.open(scope);
      const isRead = request.method === 'GET' || request.method === 'HEAD';
      if (isRead && request.target.split('?')[0] === DISCOVERY_PATH) {
        return asPublished((slot.description ??= await opened.describe()));
      }
      const listener = isInteraction(request.target)
        ? interactionListener(opened.provider, scope, options.people, request)
        : opened.listener;
      return opened.requests.run(scope, () => answerThroughSwitch(listener, opened.issuer, request));
    },
  };
}

function asPublished(body: string): StsReply {
  return { status: 200, headers: { ...PUBLISHED_HEADERS }, cookies: [], body };
}

/** The provider of a shell; another one when the tenant's keys have changed. */
class ProviderSlot {
  /** What the provider says of itself, once somebody has asked. */
  description: string | undefined;
  readonly #shell: Shell;
  readonly #options: StsOptions;
  #keys = '';
  #provider: Promise<TenantProvider> | undefined;

  constructor(shell: Shell, options: StsOptions) {
    this.#shell = shell;
    this.#options = options;
  }

  async open({ tenant }: Scope): Promise<TenantProvider> {
    const keys = tenant.keys.text;
    if (this.#provider === undefined || this.#keys !== keys) {
      const opening = openTenantProvider(this.#shell, tenant, this.#options);
      this.#keys = keys;
      this.description = undefined;
      this.#provider = opening;
      opening.catch(() => {
        if (this.#provider === opening) this.#provider = undefined;
      });
    }
    const provider = await this.#provider;
    provider.see(tenant);
    return provider;
  }
}

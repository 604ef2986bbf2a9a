import { SCOPES } from '../auth/scopes.ts';
import type { ScopeRequest } from '../modules/sign-in.ts';
import type { ResourceStore } from '../modules/resources/store.ts';
import type { Tenant } from '../tenancy/tenant.ts';
import { gatewayAudience } from './resource-server.ts';

const OPENID_SCOPES: Readonly<Record<string, string>> = {
  openid: 'know that it is you, each time you come',
  profile: 'see your name',
  email: 'see your e-mail address',
  offline_access: 'keep this access while you are away',
};

/**
 * What is asked for, in words for the person who has to agree.
 *
 * @param missing - scopes by their audience; '' for those of OpenID Connect.
 */
export function scopeRequests(
  missing: ReadonlyMap<string, readonly string[]>,
  tenant: Tenant,
  resources: Pick<ResourceStore, 'byAudience'>,
): Promise<ScopeRequest[]> {
  const described = (names: readonly string[], descriptions: Readonly<Record<string, string | null>>) =>
    names.map((name) => ({ name, description: descriptions[name] ?? name }));
  return Promise.all(
    [...missing].map(async ([audience, names]): Promise<ScopeRequest> => {
      if (audience === '') return { api: undefined, scopes: described(names, OPENID_SCOPES) };
      if (audience === gatewayAudience(tenant.issuer))
        return { api: tenant.name, scopes: described(names, SCOPES) };
      const resource = await resources.byAudience(audience);
      const own = Object.fromEntries(
        (resource?.scopes ?? []).map(({ name, description }) => [name, description]),
      );
      return { api: resource?.name ?? audience, scopes: described(names, own) };
    }),
  );
}

import { networkOf } from '../lib/network-of.ts';
import { type OptionLayers, optionValue } from '../tenancy/option.ts';
import type { Tenant } from '../tenancy/tenant.ts';
import type { Exchange } from './exchange.ts';
import { anonymousRequestsPerMinute, clientRequestsPerMinute, requestsPerMinute } from './rate-options.ts';

/** A limit a request counts against. */
export interface RateBudget {
  /** For the headers. */
  name: 'tenant' | 'client' | 'anonymous' | 'address';
  key: string;
  limit: number;
}

/** Requests a minute; 0: no limit. */
export interface PlatformRates {
  tenant: number;
  client: number;
  address: number;
}

/** Generous: they stop loops and floods, not customers. */
export const PLATFORM_RATES: PlatformRates = { tenant: 60_000, client: 12_000, address: 1_200 };

export const NO_PLATFORM_RATES: PlatformRates = { tenant: 0, client: 0, address: 0 };

/**
 * The budgets of a request of a tenant. Anonymous callers have budgets of their own: however many come, those who
 * signed in keep theirs.
 */
export function rateBudgets(
  tenant: Tenant,
  { claim, address }: Pick<Exchange, 'claim' | 'address'>,
  platform: PlatformRates,
): RateBudget[] {
  const layers: OptionLayers = [tenant.settings];
  const ofTenant = stricter(platform.tenant, optionValue(requestsPerMinute, layers));
  const budgets: RateBudget[] = [];
  const add = (name: RateBudget['name'], limit: number, whose = '') => {
    if (limit > 0) budgets.push({ name, key: `${tenant.id} ${name} ${whose}`, limit });
  };
  const principal = claim?.principal;
  if (principal === undefined || principal.kind === 'anonymous') {
    const ofAddress = stricter(platform.address, optionValue(anonymousRequestsPerMinute, layers));
    if (ofAddress > 0) add('address', ofAddress, networkOf(address));
    add('anonymous', ofTenant);
  } else {
    const ofClient = stricter(platform.client, optionValue(clientRequestsPerMinute, layers));
    add('client', ofClient, `${principal.kind} ${principal.issuer ?? ''} ${principal.subject}`);
    add('tenant', ofTenant);
  }
  return budgets;
}

function stricter(one: number, other: number): number {
  return one === 0 || other === 0 ? one + other : Math.min(one, other);
}

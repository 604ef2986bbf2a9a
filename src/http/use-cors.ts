import { effectiveSetting } from '../tenancy/settings.ts';
import type { Tenant } from '../tenancy/tenant.ts';
import type { Exchange } from './exchange.ts';
import type { Stage } from './stage.ts';

/** How long a browser may keep a preflight's answer, in seconds. */
const MAX_AGE_SECONDS = '600';

/**
 * Cross-origin resource sharing (Fetch standard): any origin without credentials, or the tenant's own list. `OPTIONS`
 * is answered from the directory record alone, without token or shell.
 */
export function useCors(): Stage {
  return async (exchange, next) => {
    const { request, route } = exchange;
    const { origin } = request.headers;
    if (request.method === 'OPTIONS') {
      exchange.reply = {
        status: 204,
        headers: {
          allow: 'GET, POST, OPTIONS',
          'access-control-allow-methods': 'GET, POST',
          'access-control-allow-headers': 'authorization, content-type, x-graphql-yoga-csrf, x-request-id',
          'access-control-max-age': MAX_AGE_SECONDS,
        },
        body: undefined,
      };
    } else {
      await next();
    }
    if (exchange.reply === undefined || (route.kind !== 'tenant' && route.kind !== 'platform')) return;
    Object.assign(exchange.reply.headers, allowed(origin, tenantOf(exchange)));
  };
}

/** The tenant whose list counts: the resolved one, else the one that host or prefix name. */
function tenantOf({ tenant, prefix, host }: Exchange): Tenant | undefined {
  if (tenant !== undefined) return tenant;
  if (prefix.kind === 'tenant') return prefix.tenant;
  return host.kind === 'tenant' ? host.tenant : undefined;
}

function allowed(origin: string | undefined, tenant: Tenant | undefined): Record<string, string> {
  const origins = tenant === undefined ? ['*'] : effectiveSetting(tenant.settings, 'options.corsOrigins');
  const expose = { 'access-control-expose-headers': 'x-request-id, retry-after, www-authenticate' };
  if (origins.includes('*')) return { 'access-control-allow-origin': '*', ...expose };
  if (origin !== undefined && origins.includes(origin)) {
    return { 'access-control-allow-origin': origin, vary: 'Origin', ...expose };
  }
  return { vary: 'Origin' };
}

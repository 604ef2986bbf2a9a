import { when } from '../lib/pipeline.ts';
import { resolve } from '../tenancy/resolve.ts';
import { optionValue } from '../tenancy/option.ts';
import type { Tenant } from '../tenancy/tenant.ts';
import { corsOrigins } from './cors-origins.ts';
import type { Exchange } from './exchange.ts';
import type { Stage } from './stage.ts';

/** How long a browser may keep a preflight's answer, in seconds. */
const MAX_AGE_SECONDS = '600';

/**
 * Cross-origin resource sharing (Fetch standard): any origin without credentials, or the tenant's own list. `OPTIONS`
 * is answered from the directory record alone, without token or shell.
 */
export function useCors(): Stage {
  return when(isForOtherOrigins, async (exchange, next) => {
    const { request } = exchange;
    const allow = () => (exchange.corsHeaders = allowed(request.headers.origin, tenantOf(exchange)));
    allow();
    if (request.method === 'OPTIONS') {
      exchange.reply = {
        status: 204,
        headers: {
          allow: 'GET, POST, OPTIONS',
          'access-control-allow-methods': 'GET, POST',
          'access-control-allow-headers': 'authorization, content-type, x-request-id',
          'access-control-max-age': MAX_AGE_SECONDS,
        },
        body: undefined,
      };
      return;
    }
    try {
      await next();
    } finally {
      // By now a token may have named the tenant. The page for people is for no other origin: in development a token
      // of the tenant stands in it.
      if (isPage(exchange)) exchange.corsHeaders = {};
      else allow();
    }
  });
}

function isForOtherOrigins({ route }: Exchange): boolean {
  return route.kind === 'tenant' || route.kind === 'platform';
}

function isPage({ reply }: Exchange): boolean {
  return reply?.headers['content-type']?.startsWith('text/html') === true;
}

/**
 * The tenant whose list counts: the resolved one, else the one that host and prefix lead to. One out of service has
 * no list, or its answers would differ from those for tenants that do not exist.
 */
function tenantOf({ tenant, host, prefix }: Exchange): Tenant | undefined {
  if (tenant !== undefined) return tenant;
  try {
    return resolve({ claim: undefined, host, prefix });
  } catch {
    return undefined;
  }
}

/** Whether pages of an origin may read what this tenant answers; where no tenant is known all may. */
export function mayRead(origin: string, tenant: Tenant | undefined): boolean {
  const origins = originsOf(tenant);
  return origins.includes('*') || origins.includes(origin);
}

function originsOf(tenant: Tenant | undefined): readonly string[] {
  return tenant === undefined ? ['*'] : optionValue(corsOrigins, [tenant.settings]);
}

function allowed(origin: string | undefined, tenant: Tenant | undefined): Record<string, string> {
  const origins = originsOf(tenant);
  const expose = {
    'access-control-expose-headers':
      'x-request-id, retry-after, www-authenticate, ratelimit, ratelimit-policy',
  };
  if (origins.includes('*')) return { 'access-control-allow-origin': '*', ...expose };
  if (origin !== undefined && origins.includes(origin)) {
    return { 'access-control-allow-origin': origin, vary: 'Origin', ...expose };
  }
  return { vary: 'Origin' };
}

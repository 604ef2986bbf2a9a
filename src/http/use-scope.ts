import { ANONYMOUS, rowsOf } from '../auth/principal.ts';
import { invalidToken } from '../auth/unauthenticated.ts';
import { openScope, type Scope } from '../shell/scope.ts';
import type { ShellHost } from '../shell/shell-host.ts';
import type { TenantRegistration } from '../tenancy/registration.ts';
import type { Tenant } from '../tenancy/tenant.ts';
import type { Stage } from './stage.ts';

export interface ScopeStageOptions {
  shells: ShellHost;
  registration(tenant: Tenant): TenantRegistration;
  /** False when the caller of a valid token is gone or suspended. */
  isCallerLive(scope: Scope): Promise<boolean>;
  platform: Scope['platform'];
}

/** Opens the scope of a request and releases it in the end, whatever happens in between. */
export function useScope({ shells, registration, isCallerLive, platform }: ScopeStageOptions): Stage {
  return async (exchange, next) => {
    const { tenant, claim, abort, log } = exchange;
    if (tenant === undefined) return next();
    // Leased before anything is awaited: from here on nobody closes the shell under this request.
    const lease = shells.lease(tenant);
    const principal = claim?.principal ?? ANONYMOUS;
    const writes = registration(tenant);
    const scope = await openScope(lease, {
      tenant,
      principal,
      rows: rowsOf(principal),
      abort,
      log,
      registration: writes,
      platform,
    });
    try {
      if (principal.kind !== 'anonymous') {
        if (!(await isCallerLive(scope))) throw invalidToken('the caller is gone');
        if (!tenant.isClaimed) await writes.markClaimed();
      }
      exchange.scope = scope;
      await next();
    } finally {
      scope.release();
    }
  };
}

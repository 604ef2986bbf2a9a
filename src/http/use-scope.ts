import { ANONYMOUS, rowsOf } from '../auth/principal.ts';
import { invalidToken } from '../auth/unauthenticated.ts';
import { openScope, type Scope } from '../shell/scope.ts';
import type { ShellHost } from '../shell/shell-host.ts';
import type { TenantRegistration } from '../tenancy/registration.ts';
import type { Tenant } from '../tenancy/tenant.ts';
import type { Callers } from './callers.ts';
import type { Stage } from './stage.ts';

export interface ScopeStageOptions {
  shells: ShellHost;
  registration(tenant: Tenant): TenantRegistration;
  callers: Pick<Callers, 'isLive' | 'options' | 'followOptions'>;
  platform: Scope['platform'];
}

/** Opens the scope of a request and releases it in the end, whatever happens in between. */
export function useScope({ shells, registration, callers, platform }: ScopeStageOptions): Stage {
  return async (exchange, next) => {
    const { tenant, claim, abort, log } = exchange;
    if (tenant === undefined) return next();
    // Leased before anything is awaited: from here on nobody closes the shell under this request.
    const lease = shells.lease(tenant);
    const principal = claim?.principal ?? ANONYMOUS;
    const scope = await openScope(lease, {
      tenant,
      principal,
      rows: rowsOf(principal),
      abort,
      log,
      registration,
      platform,
    });
    try {
      if (principal.kind !== 'anonymous') {
        if (!(await callers.isLive(scope))) throw invalidToken('the caller is gone');
        if (principal.applicationTenant !== null) {
          scope.narrowOptions(await callers.options(scope), (follower) =>
            callers.followOptions(scope, follower),
          );
        }
        if (!tenant.isClaimed) await scope.registration.markClaimed();
      }
      exchange.scope = scope;
      await next();
    } finally {
      scope.release();
    }
  };
}

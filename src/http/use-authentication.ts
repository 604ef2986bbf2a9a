import type { Authenticate } from '../auth/authenticate.ts';
import { bearerToken } from '../auth/bearer.ts';
import type { Stage } from './stage.ts';

/** Verifies the token of a tenant's caller. One that is present and not valid ends the request: never anonymous. */
export function useAuthentication(authenticate: Authenticate): Stage {
  return async (exchange, next) => {
    const { route, authorization } = exchange;
    if (route.kind === 'tenant') {
      const token = bearerToken(authorization);
      if (token !== undefined) exchange.claim = await authenticate(token);
    }
    await next();
  };
}

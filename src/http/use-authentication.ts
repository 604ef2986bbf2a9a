import type { Authenticate } from '../auth/authenticate.ts';
import { bearerToken } from '../auth/bearer.ts';
import { when } from '../lib/pipeline.ts';
import type { Stage } from './stage.ts';

/** Verifies the token of a tenant's caller. One that is present and not valid ends the request: never anonymous. */
export function useAuthentication(authenticate: Authenticate): Stage {
  return when(
    ({ route, authorization }) => route.kind === 'tenant' && authorization !== undefined,
    async (exchange, next) => {
      const token = bearerToken(exchange.authorization);
      if (token !== undefined) exchange.claim = await authenticate(token);
      await next();
    },
  );
}

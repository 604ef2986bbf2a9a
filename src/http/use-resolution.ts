import { resolve } from '../tenancy/resolve.ts';
import type { Stage } from './stage.ts';

/** Decides whose request it is; every later stage works for that tenant. */
export function useResolution(): Stage {
  return (exchange, next) => {
    const { route, claim, host, prefix } = exchange;
    // Codegen reads the schema everybody could have before it knows any tenant.
    const isSuperset = route.kind === 'tenant' && route.isSchemaFile;
    // The first message of a WebSocket may bring the token that names one.
    const isHandshake = exchange.socket?.kind === 'upgrade';
    const isNobodyNamed = !claim && host.kind === 'absent' && prefix.kind === 'absent';
    const isLate = isNobodyNamed && (isSuperset || isHandshake);
    if (route.kind === 'sts' || (route.kind === 'tenant' && !isLate)) {
      exchange.tenant = resolve({ claim: claim?.tenant, host, prefix });
    }
    return next();
  };
}

import type { Candidate } from '../tenancy/candidate.ts';
import { requestedHost } from './client-address.ts';
import type { Stage } from './stage.ts';

export interface CandidatesOptions {
  hostSource(header: string): Promise<Candidate>;
  pathPrefixSource(segment: string): Promise<Candidate>;
  trustedProxies: number;
}

/** Asks host and URL prefix whose request this may be. */
export function useCandidates({ hostSource, pathPrefixSource, trustedProxies }: CandidatesOptions): Stage {
  return async (exchange, next) => {
    const { route, request } = exchange;
    if (route.kind === 'tenant' || route.kind === 'sts') {
      [exchange.host, exchange.prefix] = await Promise.all([
        hostSource(requestedHost(request, trustedProxies)),
        route.prefix === undefined ? exchange.prefix : pathPrefixSource(route.prefix),
      ]);
    }
    await next();
  };
}

import type { Candidate } from '../tenancy/candidate.ts';
import { requestedHost } from './client-address.ts';
import type { Stage } from './stage.ts';

export interface CandidatesOptions {
  hostSource(header: string): Candidate | Promise<Candidate>;
  pathPrefixSource(segment: string): Candidate | Promise<Candidate>;
  trustedProxies: number;
}

/** Asks host and URL prefix whose request this may be. Of tenants that are known both say so at once. */
export function useCandidates({ hostSource, pathPrefixSource, trustedProxies }: CandidatesOptions): Stage {
  return (exchange, next) => {
    const { route, request } = exchange;
    if (route.kind !== 'tenant' && route.kind !== 'sts') return next();
    const host = hostSource(requestedHost(request, trustedProxies));
    const prefix = route.prefix === undefined ? exchange.prefix : pathPrefixSource(route.prefix);
    const go = ([byHost, byPrefix]: readonly [Candidate, Candidate]) => {
      exchange.host = byHost;
      exchange.prefix = byPrefix;
      return next();
    };
    if (!(host instanceof Promise) && !(prefix instanceof Promise)) return go([host, prefix]);
    return Promise.all([host, prefix]).then(go);
  };
}

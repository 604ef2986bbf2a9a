import { blockList, contains } from '../lib/block-list.ts';
import { requestedHost } from './client-address.ts';
import type { Exchange } from './exchange.ts';

export interface LocalVisitOptions {
  /** Host of `PUBLIC_URL`. */
  publicHost: string;
  baseDomain: string;
  /** `TRUST_PROXY` */
  trustedProxies: number;
}

const LOOPBACK = blockList(['127.0.0.0', 8], ['::1', 128]);

/**
 * True for a visitor who sits at this machine and asked for the gateway by a name of its own. The name counts because a
 * foreign page can have its own name lead to 127.0.0.1 and then read what it finds there (DNS rebinding).
 */
export function localVisit({ publicHost, baseDomain, trustedProxies }: LocalVisitOptions) {
  const own = [publicHost, baseDomain, 'localhost', '127.0.0.1', '[::1]'];
  const domains = [`.${baseDomain}`, '.localhost'];
  return ({ request, address }: Pick<Exchange, 'request' | 'address'>): boolean => {
    const { headers } = request;
    // What a proxy nobody told of passes on comes from who knows where.
    const isHidden = trustedProxies === 0 && ('x-forwarded-for' in headers || 'forwarded' in headers);
    if (isHidden || !contains(LOOPBACK, address)) return false;
    const host = requestedHost(request, trustedProxies)
      .toLowerCase()
      .replace(/:\d{1,5}$/, '');
    return own.includes(host) || domains.some((domain) => host.endsWith(domain));
  };
}

import { outsideOnly } from './outside-address.ts';
import { type OutsideFetch, outsideFetch } from './outside-fetch.ts';
import { isSecureUrl } from './secure-url.ts';

/** The web as addresses that somebody outside has chosen may use it. */
export interface OutsideWeb {
  fetch: OutsideFetch;
  /** False for addresses that are refused whatever they lead to. */
  isSecure(url: string): boolean;
}

/** Public and encrypted in production; services of the machine and network it runs in too while developing. */
export function outsideWeb(options: {
  isProduction: boolean;
  allowedIssuerHosts: readonly string[];
}): OutsideWeb {
  const { isProduction, allowedIssuerHosts: allowedHosts } = options;
  return {
    fetch: outsideFetch(outsideOnly({ isNearAllowed: !isProduction, allowedHosts })),
    isSecure: (url) => isSecureUrl(url, { isProduction }),
  };
}

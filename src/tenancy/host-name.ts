import { isIP } from 'node:net';

/**
 * The canonical form of a Host header: lower case, without port and trailing dot. Undefined for what is no host name
 * a tenant could have: IP addresses, and anything with a character outside of host names, which covers IDN in other
 * scripts, percent-encoding, user info and lists of hosts.
 *
 * @param header - RFC 9110 section 7.2; at most one value.
 */
export function hostNameOf(header: string): string | undefined {
  const host = header.replace(/:\d{1,5}$/, '').replace(/\.$/, '');
  if (host.length === 0 || host.length > 253 || isIP(host) !== 0) return undefined;
  // Before case is folded: some letters of other scripts have an ASCII one as their lower case.
  const isHostName = host
    .split('.')
    .every((label) => /^[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$/.test(label));
  return isHostName ? host.toLowerCase() : undefined;
}

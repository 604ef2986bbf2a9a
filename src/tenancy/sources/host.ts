import { ABSENT, candidateOf, UNKNOWN, type Candidate } from '../candidate.ts';
import type { TenantDirectory } from '../directory.ts';
import { hostNameOf } from '../host-name.ts';
import { pathPrefixSource } from './path-prefix.ts';

export interface HostSourceOptions {
  directory: TenantDirectory;
  /** `BASE_DOMAIN`: a label directly below it names a tenant. */
  baseDomain: string;
  /** The host of `PUBLIC_URL`, which names nobody. */
  publicHost: string;
}

/**
 * The tenant a host names: a label directly below `BASE_DOMAIN`, or a verified host of the tenant's own. The domain
 * itself, the public host, IP addresses and unknown outside hosts name nobody; anything else below the domain names a tenant that does not exist.
 *
 * @example `acme.example.com` below `example.com` → the tenant `acme`
 */
export function hostSource({ directory, baseDomain, publicHost }: HostSourceOptions) {
  const suffix = `.${baseDomain}`;
  const identifierSource = pathPrefixSource(directory);
  return (header: string): Candidate | Promise<Candidate> => {
    const host = hostNameOf(header);
    if (host === undefined) return header.toLowerCase().includes(suffix) ? UNKNOWN : ABSENT;
    if (host === publicHost || host === baseDomain) return ABSENT;
    if (!host.endsWith(suffix)) {
      // A single label is nobody's.
      if (!host.includes('.')) return ABSENT;
      return directory.byHost(host).then((owner) => (owner === undefined ? ABSENT : candidateOf(owner)));
    }
    return identifierSource(host.slice(0, -suffix.length));
  };
}

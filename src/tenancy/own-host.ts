import { domainToASCII } from 'node:url';
import { hostNameOf } from './host-name.ts';

/** A host a tenant says is its own. It leads to the tenant once the tenant has proven that. */
export interface OwnHost {
  host: string;
  isVerified: boolean;
  /** The TXT record that proves it. */
  record: { name: string; value: string };
}

/** Write port to the own hosts of the tenant a scope belongs to; the control plane implements it. */
export interface TenantHosts {
  all(): Promise<OwnHost[]>;
  /**
   * Notes a host; one that is there already stays as it is.
   *
   * @throws {UserErrors} INVALID, TOO_LONG, LIMIT
   */
  add(host: string): Promise<OwnHost>;
  /**
   * Looks for the proof in DNS and, when it is there, makes the host lead to this tenant.
   *
   * @throws {UserErrors} INVALID when it is not there or DNS does not answer; TAKEN when another tenant has it
   */
  verify(host: string): Promise<OwnHost>;
  /**
   * Forgets a host, which is free for others then.
   *
   * @throws {UserErrors} INVALID when this tenant has no such host
   */
  remove(host: string): Promise<void>;
}

/** The longest name DNS allows (RFC 1035), less the label of the proof. */
const MAX_LENGTH = 253 - proofNameOf('').length;

export interface OwnHostRules {
  baseDomain: string;
  publicHost: string;
}

/**
 * The canonical form of a host that a tenant may claim, or what is wrong with it. Names in other scripts are claimed by
 * their A-labels.
 */
export function ownHost(
  text: string,
  { baseDomain, publicHost }: OwnHostRules,
): { host: string } | { fault: string } {
  const host = hostNameOf(text);
  const isName =
    host !== undefined &&
    host.includes('.') &&
    !host.includes('_') &&
    host.split('.').every((label) => !label.startsWith('-') && !label.endsWith('-')) &&
    // Refuses A-labels that decode to nothing, and what a browser takes for an IPv4 address, like `1.2`.
    domainToASCII(host) === host;
  if (!isName) return { fault: 'must be a host name like shop.example.com, in A-labels' };
  if (host.length > MAX_LENGTH) return { fault: `must have at most ${MAX_LENGTH} characters` };
  const isOurs = [baseDomain, publicHost].some((ours) => host === ours || host.endsWith(`.${ours}`));
  return isOurs ? { fault: 'belongs to this platform' } : { host };
}

/** Where the proof of a host is looked for. */
export function proofNameOf(host: string): string {
  return `_tenant-gateway.${host}`;
}

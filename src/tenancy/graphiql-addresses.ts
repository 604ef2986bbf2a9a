import type { Tenant } from './tenant.ts';

/** Where the gateway is reached. */
export interface GatewayAddress {
  /** `PUBLIC_URL`, without a trailing slash. */
  publicUrl: string;
  /** `BASE_DOMAIN` */
  baseDomain: string;
}

/** Every address a browser finds a tenant's GraphiQL at, the one that never changes first. */
export function graphiqlAddresses(
  { issuer, identifier, aliases, hosts }: Pick<Tenant, 'issuer' | 'identifier' | 'aliases' | 'hosts'>,
  { publicUrl, baseDomain }: GatewayAddress,
): string[] {
  const { protocol, port } = new URL(publicUrl);
  const names = [identifier, ...aliases];
  const ownHosts = [...names.map((name) => `${name}.${baseDomain}`), ...hosts];
  const bases = [
    issuer,
    ...names.map((name) => `${publicUrl}/t/${name}`),
    ...ownHosts.map((host) => `${protocol}//${host}${port === '' ? '' : `:${port}`}`),
  ];
  return [...new Set(bases)].map((base) => `${base}/graphql`);
}

import { blockList, contains } from './block-list.ts';

/**
 * What is not one place on the public Internet (IANA's special-purpose registries), and ways to spell such a place.
 * Mapped IPv4 addresses (`::ffff:…`) count as what they stand for.
 */
const NOT_PUBLIC = blockList(
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
  ['::', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
);

/** Of these, where services stand on the machine and in the network of a developer. */
const NEAR = blockList(
  ['10.0.0.0', 8],
  ['127.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['::1', 128],
);

/** Whether a host may be asked at an address it resolves to. */
export type MayReach = (host: string, address: string) => boolean;

/**
 * Public addresses, so that nobody outside makes this process ask its own network. Near ones too, if `isNearAllowed`,
 * and any of the hosts that are allowed by name.
 */
export function outsideOnly(options: { isNearAllowed: boolean; allowedHosts: readonly string[] }): MayReach {
  const { isNearAllowed, allowedHosts } = options;
  return (host, address) =>
    !contains(NOT_PUBLIC, address) ||
    allowedHosts.includes(host) ||
    (isNearAllowed && contains(NEAR, address));
}

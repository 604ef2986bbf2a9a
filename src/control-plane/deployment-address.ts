import { lookup, resolveSrv } from 'node:dns/promises';
import { isIP } from 'node:net';
import { mongo } from 'mongoose';
import { blockList, contains } from '../lib/block-list.ts';

/** A host of a deployment, and where it is. */
export interface DeploymentAddress {
  host: string;
  port: number;
  /** What the host resolves to, or itself. */
  addresses: readonly string[];
}

/** Link-local, unspecified and multicast addresses, and where clouds keep the credentials of a machine. */
const NOWHERE = blockList(
  ['0.0.0.0', 8],
  ['169.254.0.0', 16],
  ['224.0.0.0', 3],
  ['100.100.100.200', 32],
  ['192.0.0.192', 32],
  ['::', 128],
  ['fe80::', 10],
  ['ff00::', 8],
  ['fd00:ec2::', 32],
);

const LOOPBACK = blockList(['127.0.0.0', 8], ['::1', 128]);

/** Names under which clouds serve those credentials; some resolve inside of them only. */
const METADATA_NAME = /^(?:metadata|instance-data)(?:$|\.)|\.metadata\.|^169-254-/;

/**
 * The hosts of a connection string, with what they resolve to; the seeds behind a `mongodb+srv` name too.
 *
 * @throws when one of them cannot be found.
 */
export async function deploymentAddresses(uri: string): Promise<DeploymentAddress[]> {
  const { hosts, srvHost } = new mongo.MongoClient(uri).options;
  const seeds = srvHost
    ? (await resolveSrv(`_mongodb._tcp.${srvHost}`)).map(({ name, port }) => ({ host: name, port }))
    : hosts.map(({ host = '', port = 0 }) => ({ host, port }));
  return Promise.all(seeds.map(({ host, port }) => addressOf(host, port)));
}

/** A host with what it resolves to. */
export async function addressOf(host: string, port: number): Promise<DeploymentAddress> {
  const name = host.toLowerCase().replace(/\.$/, '');
  const addresses =
    isIP(name) === 0 ? (await lookup(name, { all: true })).map(({ address }) => address) : [name];
  return { host: name, port, addresses };
}

/** True for a place no deployment is reached at, wherever the gateway runs. */
export function isNowhere({ host, addresses }: DeploymentAddress): boolean {
  return METADATA_NAME.test(host) || addresses.some((address) => contains(NOWHERE, address));
}

export function isLoopback({ addresses }: DeploymentAddress): boolean {
  return addresses.some((address) => contains(LOOPBACK, address));
}

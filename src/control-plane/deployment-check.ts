import { connectionStringFault } from './connection-string.ts';
import {
  addressOf,
  deploymentAddresses,
  type DeploymentAddress,
  isLoopback,
  isNowhere,
} from './deployment-address.ts';
import { type ProcessFault, tryDeployment } from './deployment-trial.ts';

export interface DeploymentCheckOptions {
  /** Connection string of the control database. */
  controlUri: string;
  /** Hosts that may be used although their addresses are refused by default (`ALLOWED_MONGODB_HOSTS`). */
  allowedHosts: readonly string[];
  isProduction: boolean;
}

/**
 * Says why tenants cannot be put behind a connection string, without repeating any of it; undefined when they can.
 * Nothing is left behind there.
 */
export type DeploymentCheck = (uri: string, processFault?: ProcessFault) => Promise<string | undefined>;

export function createDeploymentCheck(options: DeploymentCheckOptions): DeploymentCheck {
  const { controlUri, allowedHosts, isProduction } = options;

  function addressFault(
    address: DeploymentAddress,
    control: readonly DeploymentAddress[],
  ): string | undefined {
    if (allowedHosts.includes(address.host)) return undefined;
    if (isNowhere(address)) return 'names a link-local address or one of the machine itself';
    if (isProduction && isLoopback(address)) return 'names this machine';
    const isControl = control.some(
      ({ port, addresses }) =>
        // Several servers on one machine are a developer's way to have two clusters.
        (isProduction || port === address.port) && addresses.some((own) => address.addresses.includes(own)),
    );
    return isControl ? 'names the host of the control database' : undefined;
  }

  async function addressesFault(addresses: readonly DeploymentAddress[]): Promise<string | undefined> {
    // One that cannot be found now has no address to be compared with.
    const control = await deploymentAddresses(controlUri).catch(() => []);
    const fault = addresses
      .map((address) => addressFault(address, control))
      .find((found) => found !== undefined);
    return fault && `${fault}, which ALLOWED_MONGODB_HOSTS does not list`;
  }

  return async (uri, processFault = () => Promise.resolve(undefined)) => {
    const fault = connectionStringFault(uri, { isTlsRequired: isProduction });
    if (fault !== undefined) return fault;
    const addresses = await deploymentAddresses(uri).catch(() => undefined);
    if (addresses === undefined) return 'names a host that cannot be found';
    return (
      (await addressesFault(addresses)) ??
      (await tryDeployment(
        uri,
        async (members) => addressesFault(await Promise.all(members.map(memberAddress))),
        processFault,
      ))
    );
  };
}

/** One that does not resolve here is never connected to, and has no address that could be refused. */
function memberAddress(member: string): Promise<DeploymentAddress> {
  const [, host = member, port = '27017'] = /^(.*?):(\d+)$/.exec(member) ?? [];
  const name = host.replace(/^\[|\]$/g, '');
  return addressOf(name, Number(port)).catch(() => ({ host: name, port: Number(port), addresses: [] }));
}

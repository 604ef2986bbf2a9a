import type { SecretBox } from '../config/secrets.ts';
import { userError, type UserErrors } from '../lib/user-error.ts';
import type { Placement, TenantId } from '../tenancy/tenant.ts';
import type { ClusterMonitor } from './cluster-monitor.ts';
import type { ClusterRecord } from './cluster-record.ts';
import type { Clusters } from './clusters.ts';
import type { DeploymentCheck } from './deployment-check.ts';
import { SIGN_UP_NAMESPACES } from './provisioning.ts';
import type { PlacementRequest } from './registration-input.ts';

/** The database that prefixed tenants of a cluster share. */
export const SHARED_DATABASE = 'tg_shared';

/** Length of what their collections begin with: `t`, the tenant's id in 32 digits, `_`. */
export const PREFIX_LENGTH = 34;

/** Stands in the place of a cluster's name for a tenant with a deployment of its own. */
export const NO_CLUSTER = 'dedicated';

export interface PlacementOptions {
  clusters: Clusters;
  monitor: ClusterMonitor;
  checkDeployment: DeploymentCheck;
  box: SecretBox;
}

/**
 * Decides where a new tenant lives and reserves the room it takes at first.
 *
 * @throws {CodedError} CAPACITY_EXHAUSTED
 * @throws {UserErrors} INVALID for a connection string that is not allowed, does not work or is not asked for, and for
 * an unknown cluster
 */
export type Place = (tenant: TenantId, request: PlacementRequest) => Promise<Placement>;

export function createPlacement({ clusters, monitor, checkDeployment, box }: PlacementOptions): Place {
  /** A healthy cluster with room, on which this node may open connections. */
  async function reserve(name: string | undefined): Promise<ClusterRecord> {
    const unfit = new Map(monitor.unhealthy().map((unhealthy) => [unhealthy, 'does not answer']));
    for (;;) {
      const cluster = await clusters.reserve(SIGN_UP_NAMESPACES, { name, except: unfit });
      const fault = await faultOf(cluster);
      if (fault === undefined) return cluster;
      await clusters.account(cluster._id, -SIGN_UP_NAMESPACES);
      unfit.set(cluster._id, fault);
    }
  }

  async function faultOf(cluster: ClusterRecord): Promise<string | undefined> {
    if (!(await clusters.hasConnections(cluster._id))) return 'has no connections left for this process';
    // A node that serves has seen it just now; a command has seen nothing yet.
    const { look } = await monitor.state(cluster);
    return look.isHealthy ? undefined : 'does not answer';
  }

  return async (tenant, request) => {
    const compactId = tenant.replaceAll('-', '');
    const own = { database: `tg_${compactId}`, prefix: '', sealedConnectionString: null, epoch: 1 };
    if (request.mode === 'DEDICATED') {
      if (request.cluster !== undefined) throw invalid('is for other modes', 'cluster');
      const { connectionString } = request;
      if (connectionString === undefined)
        throw invalid('is needed for the mode DEDICATED', 'connectionString');
      const fault = await checkDeployment(connectionString);
      if (fault !== undefined) throw invalid(fault, 'connectionString');
      const sealed = box.seal(connectionString, tenant);
      return { ...own, mode: 'DEDICATED', cluster: NO_CLUSTER, sealedConnectionString: sealed };
    }
    // Left aside it would put the tenant on a shared cluster, which is not what its operator believes.
    if (request.connectionString !== undefined)
      throw invalid('is for the mode DEDICATED', 'connectionString');
    if (request.cluster !== undefined && !(await clusters.has(request.cluster))) {
      throw invalid('There is no such cluster.', 'cluster');
    }
    const cluster = await reserve(request.cluster);
    if (request.mode === 'DATABASE') return { ...own, mode: 'DATABASE', cluster: cluster._id };
    return {
      ...own,
      mode: 'PREFIXED',
      cluster: cluster._id,
      database: SHARED_DATABASE,
      prefix: `t${compactId}_`,
    };
  };
}

function invalid(message: string, field: keyof PlacementRequest): UserErrors {
  return userError('INVALID', message, 'placement', field);
}

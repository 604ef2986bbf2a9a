import type { SecretBox } from '../config/secrets.ts';
import { userError, type UserErrors } from '../lib/user-error.ts';
import type { Placement, TenantId } from '../tenancy/tenant.ts';
import type { Clusters } from './clusters.ts';
import { connectionStringFault } from './connection-string.ts';
import { SIGN_UP_NAMESPACES } from './provisioning.ts';
import type { PlacementRequest } from './registration-input.ts';

/** The database that prefixed tenants of a cluster share. */
const SHARED_DATABASE = 'tg_shared';

/**
 * Decides where a new tenant lives and reserves the room it takes at first.
 *
 * @throws {CodedError} CAPACITY_EXHAUSTED
 * @throws {UserErrors} INVALID for a connection string that is not allowed or not asked for, and for an unknown cluster
 */
export async function place(
  tenant: TenantId,
  request: PlacementRequest,
  clusters: Clusters,
  box: SecretBox,
): Promise<Placement> {
  const compactId = tenant.replaceAll('-', '');
  const own = { database: `tg_${compactId}`, prefix: '', sealedConnectionString: null, epoch: 1 };
  if (request.mode === 'DEDICATED') {
    if (request.cluster !== undefined) throw invalid('is for other modes', 'cluster');
    const fault = connectionStringFault(request.connectionString ?? '');
    if (fault !== undefined) throw invalid(fault, 'connectionString');
    const sealed = box.seal(request.connectionString ?? '', tenant);
    return { ...own, mode: 'DEDICATED', cluster: DEDICATED, sealedConnectionString: sealed };
  }
  // Left aside it would put the tenant on a shared cluster, which is not what its operator believes.
  if (request.connectionString !== undefined) throw invalid('is for the mode DEDICATED', 'connectionString');
  if (request.cluster !== undefined && !(await clusters.has(request.cluster))) {
    throw invalid('There is no such cluster.', 'cluster');
  }
  const cluster = await clusters.reserve(SIGN_UP_NAMESPACES, request.cluster);
  if (request.mode === 'DATABASE') return { ...own, mode: 'DATABASE', cluster: cluster._id };
  return {
    ...own,
    mode: 'PREFIXED',
    cluster: cluster._id,
    database: SHARED_DATABASE,
    prefix: `t${compactId}_`,
  };
}

function invalid(message: string, field: keyof PlacementRequest): UserErrors {
  return userError('INVALID', message, 'placement', field);
}

/** Stands in the place of a cluster's name for a tenant with a deployment of its own. */
export const DEDICATED = 'dedicated';

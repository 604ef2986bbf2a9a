import type { SecretBox } from '../config/secrets.ts';
import { userError } from '../lib/user-error.ts';
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
 * @throws {UserErrors} INVALID for a connection string that is not allowed
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
    const fault = connectionStringFault(request.connectionString ?? '');
    if (fault !== undefined) throw userError('INVALID', fault, 'placement', 'connectionString');
    const sealed = box.seal(request.connectionString ?? '', tenant);
    return { ...own, mode: 'DEDICATED', cluster: DEDICATED, sealedConnectionString: sealed };
  }
  const cluster = await clusters.reserve(SIGN_UP_NAMESPACES, request.cluster);
  if (request.mode === 'DATABASE') return { ...own, mode: 'DATABASE', cluster: cluster._id };
  return { ...own, mode: 'PREFIXED', cluster: cluster._id, database: SHARED_DATABASE, prefix: `t${compactId}_` };
}

/** Stands in the place of a cluster's name for a tenant with a deployment of its own. */
export const DEDICATED = 'dedicated';


import { CodedError } from '../lib/coded-error.ts';
import type { Candidate } from './candidate.ts';
import type { Tenant } from './tenant.ts';

/** The three sources. */
export interface Candidates {
  /** The tenant a verified token belongs to; a token that is not valid never gets here. */
  claim: Tenant | undefined;
  host: Candidate;
  prefix: Candidate;
}

/** How soon a caller may ask again for a tenant that is moving, in milliseconds. */
const MOVING_RETRY_MS = 5_000;

/**
 * Decides whose request it is. All candidates that are present must agree; what a caller learns when they do not
 * depends on whether it holds a valid token, because only its own tenant's state is its business.
 *
 * | verified claim | host and prefix | answer |
 * |---|---|---|
 * | tenant | any present one is not that tenant, existing or not | `TENANT_MISMATCH` |
 * | tenant | absent or the same | that tenant, or what its status says (`TENANT_SUSPENDED`, ...) |
 * | absent | differ, or any is unknown or out of service | `TENANT_NOT_FOUND` |
 * | absent | one tenant in service | that tenant |
 * | absent | absent | `TENANT_REQUIRED` |
 *
 * @throws {CodedError} with one of the codes above; CONTRACT 1 and 6.
 */
export function resolve({ claim, host, prefix }: Candidates): Tenant {
  const others = [host, prefix].filter((candidate) => candidate.kind !== 'absent');
  if (claim !== undefined) {
    const isSame = (other: Candidate) => other.kind === 'tenant' && other.tenant.id === claim.id;
    if (!others.every(isSame)) {
      throw new CodedError('TENANT_MISMATCH', 'This token is not for the tenant of this address.');
    }
    return inServiceForItsOwn(claim);
  }
  if (others.length === 0) {
    throw new CodedError('TENANT_REQUIRED', 'Name a tenant by host, by URL prefix or with a token.');
  }
  const [first] = others;
  if (first?.kind !== 'tenant') throw notFound('unknown');
  for (const other of others) {
    if (other.kind !== 'tenant') throw notFound('unknown');
    if (other.tenant.id !== first.tenant.id) throw notFound('host and prefix differ');
  }
  if (first.tenant.status === 'MOVING') throw moving();
  if (first.tenant.status !== 'ACTIVE') throw notFound(first.tenant.status);
  return first.tenant;
}

function inServiceForItsOwn(tenant: Tenant): Tenant {
  switch (tenant.status) {
    case 'ACTIVE':
      return tenant;
    case 'SUSPENDED':
      throw new CodedError('TENANT_SUSPENDED', 'This tenant is suspended.');
    case 'MOVING':
      throw moving();
    case 'PROVISIONING':
    case 'DELETING':
    case 'DELETED':
    case 'FAILED':
      throw notFound(tenant.status);
  }
}

/**
 * One error for unknown, malformed, suspended, deleted and unfinished tenants: from outside they look alike. Which it
 * was is for the operator's log only.
 */
function notFound(cause: string): CodedError {
  return new CodedError('TENANT_NOT_FOUND', 'There is no such tenant.', { cause });
}

function moving(): CodedError {
  return new CodedError('TENANT_UNAVAILABLE', 'This tenant is being moved; try again shortly.', {
    retryAfterMs: MOVING_RETRY_MS,
  });
}

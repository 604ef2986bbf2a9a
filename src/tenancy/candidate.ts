import type { Tenant } from './tenant.ts';

/**
 * What one source says about a request. `absent`: nothing. `unknown`: it names something that is not a tenant,
 * malformed names included.
 */
export type Candidate = { kind: 'absent' } | { kind: 'unknown' } | { kind: 'tenant'; tenant: Tenant };

export const ABSENT: Candidate = { kind: 'absent' };

export const UNKNOWN: Candidate = { kind: 'unknown' };

export function candidateOf(tenant: Tenant | undefined): Candidate {
  return tenant === undefined ? UNKNOWN : { kind: 'tenant', tenant };
}

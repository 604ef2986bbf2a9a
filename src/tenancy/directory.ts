import type { Tenant, TenantId } from './tenant.ts';

/**
 * Read port for tenant records; the control plane implements it. Answers records of every status: what a status
 * means for a caller is decided in `resolve.ts` alone.
 */
export interface TenantDirectory {
  byId(id: TenantId): Promise<Tenant | undefined>;
  /** By current identifier or alias. The quarantined identifiers of a deleted tenant find its (deleted) record. */
  byIdentifier(identifier: string): Promise<Tenant | undefined>;
}

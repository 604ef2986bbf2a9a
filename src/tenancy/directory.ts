import type { Tenant, TenantId } from './tenant.ts';

/**
 * Read port for tenant records; the control plane implements it. Answers records of every status: what a status
 * means for a caller is decided in `resolve.ts` alone.
 */
export interface TenantDirectory {
  /** By current identifier or alias. The quarantined identifiers of a deleted tenant find its (deleted) record. */
  byIdentifier(identifier: string): Promise<Tenant | undefined>;
  /** The same of those in memory, at once; undefined for others, which may well exist. */
  known(identifier: string): Tenant | undefined;
  /** By a verified host of its own. */
  byHost(host: string): Promise<Tenant | undefined>;
  /** By an issuer outside and the one audience it is trusted for. */
  byTrustedIssuer(issuer: string, audience: string): Promise<Tenant | undefined>;
  /**
   * Tells that a record may have changed: each time it does, and when changes may have been missed.
   *
   * @returns what ends it.
   */
  watch(id: TenantId, listener: () => void): () => void;
}

import type { TenantHosts } from './own-host.ts';
import type { Tenant } from './tenant.ts';
import type { TenantIssuers } from './trusted-issuer.ts';

/**
 * Write port to the one record of the tenant a scope belongs to; the control plane implements it. It is bound to that
 * tenant when the scope opens, so no caller can name another one. Each method answers the record after the change.
 */
export interface TenantRegistration {
  readonly hosts: TenantHosts;
  readonly issuers: TenantIssuers;
  /**
   * Tells of changes of the record, on whichever node they were made, for longer than the scope lives.
   *
   * @returns what ends it.
   */
  follow(listener: (now: Tenant) => void): () => void;
  /**
   * Notes the first authenticated request.
   *
   * @throws {CodedError} TENANT_NOT_FOUND when the tenant expired before it.
   */
  markClaimed(): Promise<void>;
  changeName(name: string): Promise<Tenant>;
  /**
   * The old identifier stays as an alias.
   *
   * @throws {UserErrors} `IDENTIFIER_TAKEN`, `IDENTIFIER_INVALID`, `IDENTIFIER_RESERVED`
   */
  rename(identifier: string): Promise<Tenant>;
  /** Signs tokens with the next key; those of earlier keys stay valid. */
  rotateSigningKeys(): Promise<Tenant>;
  /** Signs tokens with the next key; every token of an earlier one ends. */
  replaceSigningKeys(): Promise<Tenant>;
  /**
   * Runs a module's migrations and enables it, if all of `requires` are enabled; undefined when one is not.
   *
   * @throws {UserErrors} INVALID when a migration fails; the module stays off
   * @throws {CodedError} TENANT_UNAVAILABLE when the database cannot be had
   */
  enableModule(module: string, requires: readonly string[]): Promise<Tenant | undefined>;
  /** Disables a module unless one of `dependents` is enabled; undefined when one is. */
  disableModule(module: string, dependents: readonly string[]): Promise<Tenant | undefined>;
  /**
   * Sets values of options by path, and forgets own values where a change says `undefined`, in one step.
   *
   * @returns undefined when the settings are at another revision than `expectedRevision`.
   */
  changeSettings(
    changes: ReadonlyMap<string, unknown>,
    expectedRevision: number | undefined,
  ): Promise<Tenant | undefined>;
}

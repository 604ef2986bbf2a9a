import type { Brand } from '../lib/brand.ts';
import type { OptionValues } from './option.ts';
import type { PublicKeys } from './public-keys.ts';
import type { TrustedIssuer } from './trusted-issuer.ts';

/** Immutable UUID of a tenant. Never reused. */
export type TenantId = Brand<string, 'TenantId'>;

/** Public, unique, URL-safe name of a tenant (`identifier.ts`). */
export type TenantIdentifier = Brand<string, 'TenantIdentifier'>;

export const TENANT_STATUSES = [
  'PROVISIONING',
  'ACTIVE',
  'SUSPENDED',
  'MOVING',
  'DELETING',
  'DELETED',
  'FAILED',
] as const;

export type TenantStatus = (typeof TENANT_STATUSES)[number];

export const PLACEMENT_MODES = ['DATABASE', 'DEDICATED', 'PREFIXED'] as const;

export type PlacementMode = (typeof PLACEMENT_MODES)[number];

/** Where a tenant's data lives. */
export interface Placement {
  cluster: string;
  mode: PlacementMode;
  database: string;
  /** Put in front of every collection name; '' unless the mode is PREFIXED. */
  prefix: string;
  /** The tenant's own connection string, sealed under the master key; null unless the mode is DEDICATED. */
  sealedConnectionString: string | null;
  /** Grows with every move; a shell of an older epoch is superseded. */
  epoch: number;
}

/** A tenant as every stage of a request sees it: the directory's view of its record. The one secret in it is sealed. */
export interface Tenant {
  id: TenantId;
  identifier: TenantIdentifier;
  /** Former identifiers; they still work as URL prefix and host label. */
  aliases: readonly TenantIdentifier[];
  /** Verified hosts of its own. */
  hosts: readonly string[];
  /** Identity providers outside whose tokens count here. */
  trustedIssuers: readonly TrustedIssuer[];
  name: string;
  status: TenantStatus;
  /** `iss` of its own tokens, as it was at registration, for ever. */
  issuer: string;
  modules: readonly string[];
  /** Its own values of options. */
  settings: OptionValues;
  settingsRevision: number;
  placement: Placement;
  keys: PublicKeys;
  /** False until its first authenticated request; a self-registered tenant that stays so expires. */
  isClaimed: boolean;
  /** Grows with every change of the record. */
  version: number;
}

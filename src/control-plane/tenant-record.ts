import { Schema } from 'mongoose';
import type { JWK } from 'jose';
import { defineModel, type Stored } from '../mongo/model.ts';
import { type OptionValues, valuesByPath } from '../tenancy/option.ts';
import { type PublicKey, PublicKeys } from '../tenancy/public-keys.ts';
import {
  PLACEMENT_MODES,
  TENANT_STATUSES,
  type Placement,
  type Tenant,
  type TenantId,
  type TenantIdentifier,
  type TenantStatus,
} from '../tenancy/tenant.ts';
import { isIssuerName, type TrustedIssuer } from '../tenancy/trusted-issuer.ts';
import { type Deletion, deletionSchema } from './deletion-record.ts';
import { sharedList, sharedText } from './shared-text.ts';

/** A signing key at rest. */
export interface StoredKey {
  kid: string;
  alg: string;
  publicJwk: JWK;
  /** PKCS #8 PEM, sealed under the master key. */
  sealedPrivateKey: string;
}

/** How a registration stands; see `provisioning.ts`. */
export interface ProvisioningState {
  /** Whether something may have been written to a deployment of its own; unknown of others, and absent until then. */
  isReached?: boolean;
  /** When the tenant became ACTIVE; absent before. */
  activeAt?: Date;
  /** Another process may take the registration up after this time. */
  leasedUntil: Date;
  /** SHA-256 of the idempotency key; absent without one. */
  keyHash?: string;
  /** SHA-256 of the input and origin the key is bound to; absent without a key. */
  inputHash?: string | undefined;
  /** The client made for the administrator. */
  bootstrapClient: string | null;
  attempts: number;
}

/** A host a tenant claims, and what it has to show in DNS for it. */
export interface HostClaim {
  host: string;
  proof: string;
  verifiedAt: Date | null;
}

/** Why a tenant is left out when tenants are migrated; see `quarantine.ts`. */
export interface QuarantineEntry {
  /** Name of the migration that failed. */
  migration: string;
  code: string;
  /** For operators; holds nothing of the tenant's data. */
  message: string;
  attempts: number;
  at: Date;
}

/** A tenant in the control database. */
export interface TenantRecord extends Stored {
  identifier: TenantIdentifier;
  /**
   * What finds it: the identifier, its aliases, its verified hosts (which alone have dots in them), the issuers it
   * trusts (see `issuerName`) and, of a deleted tenant, what is in quarantine. Unique over all tenants.
   */
  names: TenantIdentifier[];
  /** Hosts it claims; see `bound-hosts.ts`. */
  hosts: HostClaim[];
  /** Absent in records of earlier builds. */
  trustedIssuers?: TrustedIssuer[];
  name: string;
  status: TenantStatus;
  isSelfRegistered: boolean;
  administratorEmail: string | null;
  issuer: string;
  modules: string[];
  /** Own values, nested by path. */
  settings: Record<string, unknown>;
  settingsRevision: number;
  placement: Placement;
  /** The one that signs first. */
  keys: StoredKey[];
  /** Published already, and signs after the next rotation; absent in records of earlier builds. */
  nextKey?: StoredKey | null;
  /** What hashes of its clients' secrets are made with, sealed; null when it is deleted, absent in records of earlier builds. */
  sealedSecretKey?: string | null;
  provisioning: ProvisioningState;
  /** Absent unless a migration failed. */
  quarantine?: QuarantineEntry;
  /** First authenticated request; a self-registered tenant without one expires. */
  claimedAt: Date | null;
  /** Null unless the tenant is DELETING or DELETED. */
  deletion: Deletion | null;
  createdAt: Date;
  updatedAt: Date;
  /** When it was last written to, by the clock of the database; see `dated-model.ts`. Absent until then. */
  changedAt?: Date;
  version: number;
}

const placement = new Schema<Placement>(
  {
    cluster: { type: String, required: true },
    mode: { type: String, enum: PLACEMENT_MODES, required: true },
    database: { type: String, required: true },
    prefix: { type: String, default: '' },
    sealedConnectionString: { type: String, default: null },
    epoch: { type: Number, required: true },
  },
  { _id: false },
);

const key = new Schema<StoredKey>(
  { kid: String, alg: String, publicJwk: Schema.Types.Mixed, sealedPrivateKey: String },
  { _id: false },
);

export const tenantModel = defineModel<TenantRecord>(
  'tenants',
  new Schema<TenantRecord>({
    _id: String,
    identifier: { type: String, required: true },
    names: { type: [String], required: true },
    hosts: [{ _id: false, host: String, proof: String, verifiedAt: { type: Date, default: null } }],
    trustedIssuers: [
      {
        _id: false,
        issuer: String,
        audience: String,
        jwksUri: String,
        algorithms: [String],
        claims: { tenant: { type: String, default: null }, subject: String, scope: String },
        scopes: [String],
      },
    ],
    name: { type: String, required: true },
    status: { type: String, enum: TENANT_STATUSES, required: true },
    isSelfRegistered: { type: Boolean, required: true },
    administratorEmail: { type: String, default: null },
    issuer: { type: String, required: true },
    modules: { type: [String], required: true },
    settings: { type: Schema.Types.Mixed, required: true },
    settingsRevision: { type: Number, required: true },
    placement: { type: placement, required: true },
    keys: [key],
    nextKey: { type: key, default: null },
    sealedSecretKey: { type: String, default: null },
    provisioning: new Schema(
      {
        isReached: Boolean,
        activeAt: Date,
        leasedUntil: Date,
        keyHash: String,
        inputHash: String,
        bootstrapClient: { type: String, default: null },
        attempts: Number,
      },
      { _id: false },
    ),
    quarantine: new Schema<QuarantineEntry>(
      { migration: String, code: String, message: String, attempts: Number, at: Date },
      { _id: false },
    ),
    claimedAt: { type: Date, default: null },
    deletion: { type: deletionSchema, default: null },
    createdAt: { type: Date, required: true },
    updatedAt: { type: Date, required: true },
    changedAt: Date,
    version: { type: Number, required: true },
  }),
);

/**
 * Stands in the place of a released identifier, which no identifier can look like. The list must not run empty: to a
 * unique index two empty lists are the same.
 */
export function releasedName(tenant: string): TenantIdentifier {
  return `~${tenant}` as TenantIdentifier;
}

/** Former identifiers that still find a tenant. */
export function aliasesOf({ _id, identifier, names }: TenantRecord): TenantIdentifier[] {
  return names.filter(
    (name) => name !== identifier && name !== releasedName(_id) && !name.includes('.') && !isIssuerName(name),
  );
}

/**
 * The directory's view of a record. Thousands of them are kept: what is alike in most is there once, which takes 0.8
 * KiB a tenant instead of 1.5.
 */
export function tenantOf(record: TenantRecord): Tenant {
  const aliases = aliasesOf(record);
  const hosts = record.names.filter((name) => name.includes('.'));
  return {
    id: record._id as TenantId,
    identifier: record.identifier,
    aliases: aliases.length === 0 ? NO_NAMES : aliases,
    hosts: hosts.length === 0 ? NO_NAMES : hosts,
    trustedIssuers: record.trustedIssuers?.length ? record.trustedIssuers : NO_ISSUERS,
    name: record.name,
    status: sharedText(record.status),
    issuer: record.issuer,
    modules: sharedList(record.modules),
    settings: overridesOf(record.settings),
    settingsRevision: record.settingsRevision,
    placement: compactPlacement(record.placement),
    keys: new PublicKeys(
      record.keys.map(publicKeyOf),
      record.nextKey == null ? undefined : publicKeyOf(record.nextKey),
    ),
    isClaimed: record.claimedAt !== null,
    version: record.version,
  };
}

const NO_NAMES: readonly TenantIdentifier[] = Object.freeze([]);

const NO_ISSUERS: readonly TrustedIssuer[] = Object.freeze([]);

const NO_OVERRIDES: OptionValues = Object.freeze({});

function compactPlacement({
  cluster,
  mode,
  database,
  prefix,
  sealedConnectionString,
  epoch,
}: Placement): Placement {
  return {
    cluster: sharedText(cluster),
    mode: sharedText(mode),
    database,
    prefix,
    sealedConnectionString,
    epoch,
  };
}

function publicKeyOf({ kid, alg, publicJwk }: StoredKey): PublicKey {
  return { kid, alg, jwk: publicJwk };
}

function overridesOf(stored: Record<string, unknown>): OptionValues {
  return Object.keys(stored).length === 0 ? NO_OVERRIDES : valuesByPath(stored);
}

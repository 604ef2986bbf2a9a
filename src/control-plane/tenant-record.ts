import { Schema } from 'mongoose';
import type { JWK } from 'jose';
import { defineModel, type Stored } from '../mongo/model.ts';
import { SETTING_PATHS, type SettingPath } from '../tenancy/settings.ts';
import {
  PLACEMENT_MODES,
  TENANT_STATUSES,
  type Placement,
  type Tenant,
  type TenantId,
  type TenantIdentifier,
  type TenantStatus,
} from '../tenancy/tenant.ts';

/** A signing key at rest. */
export interface StoredKey {
  kid: string;
  alg: string;
  publicJwk: JWK;
  /** PKCS #8 PEM, sealed under the master key. */
  sealedPrivateKey: string;
}

/** The ledger of a registration; see `provisioning.ts`. */
export interface ProvisioningLedger {
  /** The steps that are done. */
  done: string[];
  /** Another process may take the registration up after this time. */
  leasedUntil: Date;
  /** SHA-256 of the idempotency key; absent without one. */
  keyHash?: string;
  /** SHA-256 of the input the key is bound to. */
  inputHash: string;
  /** The client made for the administrator. */
  bootstrapClient: string | null;
  attempts: number;
}

/** A tenant in the control database. */
export interface TenantRecord extends Stored {
  identifier: TenantIdentifier;
  /** The identifier, its aliases and, of a deleted tenant, what is in quarantine. Unique over all tenants. */
  names: TenantIdentifier[];
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
  keys: StoredKey[];
  provisioning: ProvisioningLedger;
  /** First authenticated request; a self-registered tenant without one expires. */
  claimedAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
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

export const tenantModel = defineModel<TenantRecord>(
  'tenants',
  new Schema<TenantRecord>({
    _id: String,
    identifier: { type: String, required: true },
    names: { type: [String], required: true },
    name: { type: String, required: true },
    status: { type: String, enum: TENANT_STATUSES, required: true },
    isSelfRegistered: { type: Boolean, required: true },
    administratorEmail: { type: String, default: null },
    issuer: { type: String, required: true },
    modules: { type: [String], required: true },
    settings: { type: Schema.Types.Mixed, required: true },
    settingsRevision: { type: Number, required: true },
    placement: { type: placement, required: true },
    keys: [{ _id: false, kid: String, alg: String, publicJwk: Schema.Types.Mixed, sealedPrivateKey: String }],
    provisioning: new Schema(
      {
        done: [String],
        leasedUntil: Date,
        keyHash: String,
        inputHash: String,
        bootstrapClient: { type: String, default: null },
        attempts: Number,
      },
      { _id: false },
    ),
    claimedAt: { type: Date, default: null },
    createdAt: { type: Date, required: true },
    updatedAt: { type: Date, required: true },
    version: { type: Number, required: true },
  }),
);

/** The directory's view of a record. */
export function tenantOf(record: TenantRecord): Tenant {
  return {
    id: record._id as TenantId,
    identifier: record.identifier,
    aliases: record.names.filter((name) => name !== record.identifier),
    name: record.name,
    status: record.status,
    issuer: record.issuer,
    modules: record.modules,
    settings: overridesOf(record.settings),
    settingsRevision: record.settingsRevision,
    placement: record.placement,
    keys: record.keys.map(({ kid, alg, publicJwk }) => ({ kid, alg, jwk: publicJwk })),
    isClaimed: record.claimedAt !== null,
    version: record.version,
  };
}

function overridesOf(stored: Record<string, unknown>): Partial<Record<SettingPath, unknown>> {
  const overrides: Partial<Record<SettingPath, unknown>> = {};
  for (const path of SETTING_PATHS) {
    const value = path.split('.').reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], stored);
    if (value !== undefined) overrides[path] = value;
  }
  return overrides;
}

import { Schema } from 'mongoose';
import { defineModel, type Stored } from '../mongo/model.ts';
import type { Tenant, TenantId } from '../tenancy/tenant.ts';

/** Who a tenant was registered for, until that person sets a password and is a user. */
export interface PendingAdministrator {
  /** Id of the user to be. */
  user: string;
  email: string;
  /** The address as it is compared. */
  emailKey: string;
  /** SHA-256 of the secret in the link that was sent. */
  hash: string;
  /** When the link stops working. */
  expiresAt: Date;
}

/** The document in every tenant database that says whose it is. */
export interface Stamp extends Stored {
  _id: 'stamp';
  tenant: TenantId;
  epoch: number;
  /** The ledger: migrations that ran, by name. */
  migrations: { name: string; at: Date; deferredCollections: string[] }[];
  /** Who migrates this database now, and until when that counts by the clock of the server. */
  migrating: { by: string; until: Date } | null;
  /** Grows with each who does, so that one that was overtaken can be told from its successor. */
  fence: number;
  /** Absent and null: nobody waits. */
  administrator?: PendingAdministrator | null;
}

export const stampModel = defineModel<Stamp>(
  '_tenant',
  new Schema<Stamp>({
    _id: String,
    tenant: { type: String, required: true },
    epoch: { type: Number, required: true },
    migrations: [{ _id: false, name: String, at: Date, deferredCollections: [String] }],
    fence: { type: Number, default: 0 },
    administrator: {
      type: new Schema<PendingAdministrator>(
        { user: String, email: String, emailKey: String, hash: String, expiresAt: Date },
        { _id: false },
      ),
      default: null,
    },
    migrating: { type: new Schema({ by: String, until: Date }, { _id: false }), default: null },
  }),
);

/** Why a database must not be served as this tenant's, or undefined when it may. */
export function stampFault(stamp: Stamp | null, tenant: Tenant): string | undefined {
  if (stamp === null) return 'no stamp';
  if (stamp.tenant !== tenant.id) return `the stamp of tenant ${stamp.tenant}`;
  if (stamp.epoch !== tenant.placement.epoch) return `epoch ${stamp.epoch}`;
  return undefined;
}

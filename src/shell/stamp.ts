import { Schema } from 'mongoose';
import { defineModel, type Stored } from '../mongo/model.ts';
import type { Tenant, TenantId } from '../tenancy/tenant.ts';

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
}

export const stampModel = defineModel<Stamp>(
  '_tenant',
  new Schema<Stamp>({
    _id: String,
    tenant: { type: String, required: true },
    epoch: { type: Number, required: true },
    migrations: [{ _id: false, name: String, at: Date, deferredCollections: [String] }],
    fence: { type: Number, default: 0 },
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

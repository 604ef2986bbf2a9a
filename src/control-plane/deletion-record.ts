import { Schema } from 'mongoose';
import { TENANT_STATUSES, type TenantStatus } from '../tenancy/tenant.ts';

/** What a tenant's database held when it was dropped. */
export interface DroppedData {
  database: string;
  /** Names without the placement's prefix; counts as the server keeps them. */
  collections: { name: string; documents: number }[];
  /** Collections and indexes; they are free again for others. */
  namespaces: number;
}

/** The ledger of a deletion; stays in the record of the deleted tenant. */
export interface Deletion {
  requestedAt: Date;
  /** Subject of the operator's token. */
  requestedBy: string;
  /** From then on the data goes. */
  dueAt: Date;
  /** What a restored tenant is again. */
  statusBefore: TenantStatus;
  /** Absent until the data goes; afterwards nothing can be restored. */
  startedAt?: Date;
  /** Another process may carry the deletion on after this time. */
  leasedUntil: Date | null;
  /** Written down before anything is dropped, so that a deletion that was cut off forgets nothing. */
  dropped: DroppedData | null;
  finishedAt: Date | null;
  /** Until then a node that is cut off may have written after the drop; absent once nothing of that is left. */
  dropAgainAt?: Date;
}

const dropped = new Schema<DroppedData>(
  {
    database: { type: String, required: true },
    collections: [{ _id: false, name: String, documents: Number }],
    namespaces: { type: Number, required: true },
  },
  { _id: false },
);

export const deletionSchema = new Schema<Deletion>(
  {
    requestedAt: { type: Date, required: true },
    requestedBy: { type: String, required: true },
    dueAt: { type: Date, required: true },
    statusBefore: { type: String, enum: TENANT_STATUSES, required: true },
    startedAt: Date,
    leasedUntil: { type: Date, default: null },
    dropped: { type: dropped, default: null },
    finishedAt: { type: Date, default: null },
    dropAgainAt: Date,
  },
  { _id: false },
);

import { Schema } from 'mongoose';
import { defineModel, type Stored } from '../mongo/model.ts';

/** A MongoDB deployment that tenants are placed on. `_id` is its name. */
export interface ClusterRecord extends Stored {
  /** Sealed under the master key; null: the deployment of the control database. */
  sealedConnectionString: string | null;
  /** How many namespaces (collections and indexes) it may hold. */
  budget: number;
  /** What is left of the budget. */
  free: number;
  /** False: takes no new tenants. */
  isOpen: boolean;
  createdAt: Date;
}

export const clusterModel = defineModel<ClusterRecord>(
  'clusters',
  new Schema<ClusterRecord>({
    _id: String,
    sealedConnectionString: { type: String, default: null },
    budget: { type: Number, required: true },
    free: { type: Number, required: true },
    isOpen: { type: Boolean, required: true },
    createdAt: { type: Date, required: true },
  }),
);

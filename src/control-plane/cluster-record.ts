import { Schema } from 'mongoose';
import { defineModel, type Stored } from '../mongo/model.ts';

/** How many connections one gateway process may hold to a cluster, until it stops renewing its claim. */
export interface ConnectionShare {
  node: string;
  size: number;
  until: Date;
}

/** A MongoDB deployment that tenants are placed on. `_id` is its name. */
export interface ClusterRecord extends Stored {
  /** Sealed under the master key; null: the deployment of the control database. */
  sealedConnectionString: string | null;
  /** How many namespaces (collections and indexes) it may hold. */
  budget: number;
  /** What is left of the budget; below zero when tenants that are there have grown beyond it. */
  free: number;
  /** How many connections all gateway processes together may hold. */
  connectionBudget: number;
  /** What each process may hold of it. */
  shares: ConnectionShare[];
  /** False: takes no new tenants. */
  isOpen: boolean;
  /** When room was reserved last. A reservation made just before may have no tenant record yet. */
  reservedAt: Date;
  /** When the namespaces were last counted on the server itself. */
  recountedAt: Date;
  createdAt: Date;
}

/** The cluster of the control database itself. */
export const DEFAULT_CLUSTER = 'default';

/** Connections a cluster takes until an operator says otherwise; the smallest paid clusters of its vendor allow 1,500. */
export const DEFAULT_CONNECTION_BUDGET = 1_000;

export const clusterModel = defineModel<ClusterRecord>(
  'clusters',
  new Schema<ClusterRecord>({
    _id: String,
    sealedConnectionString: { type: String, default: null },
    budget: { type: Number, required: true },
    free: { type: Number, required: true },
    connectionBudget: { type: Number, required: true },
    shares: [{ _id: false, node: String, size: Number, until: Date }],
    isOpen: { type: Boolean, required: true },
    reservedAt: { type: Date, required: true },
    recountedAt: { type: Date, required: true },
    createdAt: { type: Date, required: true },
  }),
);

/** Namespaces in use. */
export function usedOf({ budget, free }: Pick<ClusterRecord, 'budget' | 'free'>): number {
  return budget - free;
}

/** Connections that gateway processes hold, or may open any time, at this moment. */
export function connectionsOf({ shares }: Pick<ClusterRecord, 'shares'>): number {
  const now = Date.now();
  return shares.reduce((sum, { size, until }) => (until.getTime() > now ? sum + size : sum), 0);
}

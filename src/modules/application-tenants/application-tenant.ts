import { Schema } from 'mongoose';
import { HOMES } from '../../mongo/homes.ts';
import { definePartitionModel, type Stored } from '../../mongo/model.ts';

/** DELETING: its users and content are being removed. Nobody is served for it, and deleting it again goes on. */
export const APPLICATION_TENANT_STATUSES = ['ACTIVE', 'SUSPENDED', 'DELETING'] as const;

/** A customer of one of the tenant's own multi-tenant applications, whose users and content meet no other's. */
export interface ApplicationTenant extends Stored {
  /** Unique within the tenant. */
  identifier: string;
  name: string;
  /** The multi-tenant client it belongs to. */
  application: string;
  status: (typeof APPLICATION_TENANT_STATUSES)[number];
  /** Own values of options, nested by path. */
  settings: Record<string, unknown>;
  /** See `creationOf`. */
  inputHash?: string;
  revision: number;
  createdAt: Date;
  updatedAt: Date;
}

export const applicationTenantModel = definePartitionModel<ApplicationTenant>(
  HOMES,
  new Schema<ApplicationTenant>({
    _id: String,
    identifier: { type: String, required: true },
    name: { type: String, required: true },
    application: { type: String, required: true },
    status: { type: String, enum: APPLICATION_TENANT_STATUSES, required: true },
    settings: { type: Schema.Types.Mixed, required: true },
    inputHash: String,
    revision: { type: Number, required: true },
    createdAt: { type: Date, required: true },
    updatedAt: { type: Date, required: true },
  }),
);

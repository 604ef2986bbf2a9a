import { Schema } from 'mongoose';
import { defineModel, type Stored } from '../../mongo/model.ts';

/** Something a client may ask for at a resource. */
export interface ResourceScope {
  /** A scope token of RFC 6749; unique within the resource. */
  name: string;
  description: string | null;
}

/** An API of the tenant that accepts tokens of the tenant's STS. */
export interface ApiResource extends Stored {
  name: string;
  /** `aud` of its tokens; unique within the tenant. */
  audience: string;
  scopes: ResourceScope[];
  /** See `creationOf`. */
  inputHash?: string;
  revision: number;
  createdAt: Date;
  updatedAt: Date;
}

export const resourceModel = defineModel<ApiResource>(
  'resources',
  new Schema<ApiResource>({
    _id: String,
    name: { type: String, required: true },
    audience: { type: String, required: true },
    scopes: [{ _id: false, name: String, description: { type: String, default: null } }],
    inputHash: String,
    revision: { type: Number, required: true },
    createdAt: { type: Date, required: true },
    updatedAt: { type: Date, required: true },
  }),
);

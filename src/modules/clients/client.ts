import { Schema } from 'mongoose';
import { defineModel, type Stored } from '../../mongo/model.ts';
import {
  AUTH_METHODS,
  type AuthMethod,
  CLIENT_KINDS,
  CLIENT_TYPES,
  type ClientKind,
  type ClientType,
  GRANT_TYPES,
  type GrantType,
} from './client-type.ts';
import type { ClientPublicKey } from './public-key.ts';

/**
 * What a client may ask tokens for at one audience. A resource or scope may be deleted in the very moment it is
 * granted: whoever issues tokens counts only what the resource still has.
 */
export interface Grant {
  /** Id of an API resource; null: the gateway itself. */
  resource: string | null;
  scopes: string[];
}

/** A credential of a client. The secret itself is shown once and never kept. */
export interface ClientSecret {
  id: string;
  /** First characters, so that people can tell secrets apart. */
  prefix: string;
  /** See `secret-hash.ts`. */
  hash: string;
  createdAt: Date;
  expiresAt: Date | null;
  lastUsedAt: Date | null;
}

/** An application that asks the tenant's STS for tokens. `_id` is OAuth's `client_id`. */
export interface Client extends Stored {
  name: string;
  description: string | null;
  kind: ClientKind;
  type: ClientType;
  /** Where codes may be sent, compared letter by letter. */
  redirectUris: string[];
  /** Where a browser may be sent after signing out. */
  postLogoutRedirectUris: string[];
  grantTypes: GrantType[];
  authMethod: AuthMethod;
  /** What PRIVATE_KEY_JWT is verified with. */
  jwks: ClientPublicKey[];
  /** True: it serves application tenants, each with people of its own. */
  isMultiTenant: boolean;
  grants: Grant[];
  secrets: ClientSecret[];
  /** See `creationOf`. */
  inputHash?: string;
  revision: number;
  createdAt: Date;
  updatedAt: Date;
}

/** A secret as everyone but the store sees it. */
export type KnownSecret = Omit<ClientSecret, 'hash'>;

/** A client as everyone but the store sees it. */
export interface KnownClient extends Omit<Client, 'secrets' | 'inputHash'> {
  secrets: KnownSecret[];
}

/** The scopes a client is granted at a resource; null: at the gateway itself. */
export function scopesAt({ grants }: Pick<Client, 'grants'>, resource: string | null): readonly string[] {
  return grants.find((grant) => grant.resource === resource)?.scopes ?? [];
}

export const clientModel = defineModel<Client>(
  'clients',
  new Schema<Client>({
    _id: String,
    name: { type: String, required: true },
    description: { type: String, default: null },
    kind: { type: String, enum: CLIENT_KINDS, required: true },
    type: { type: String, enum: CLIENT_TYPES, required: true },
    redirectUris: { type: [String], required: true },
    postLogoutRedirectUris: { type: [String], required: true },
    grantTypes: { type: [{ type: String, enum: GRANT_TYPES }], required: true },
    authMethod: { type: String, enum: AUTH_METHODS, required: true },
    jwks: { type: Schema.Types.Mixed, required: true },
    isMultiTenant: { type: Boolean, default: false },
    grants: [{ _id: false, resource: { type: String, default: null }, scopes: [String] }],
    secrets: [
      {
        _id: false,
        id: String,
        prefix: String,
        hash: String,
        createdAt: Date,
        expiresAt: { type: Date, default: null },
        lastUsedAt: { type: Date, default: null },
      },
    ],
    inputHash: String,
    revision: { type: Number, required: true },
    createdAt: { type: Date, required: true },
    updatedAt: { type: Date, required: true },
  }),
);

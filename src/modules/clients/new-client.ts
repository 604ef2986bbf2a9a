import { uuidv7 } from '../../lib/uuid.ts';
import type { Client, ClientSecret, Grant } from './client.ts';
import {
  type AuthMethod,
  type ClientType,
  type GrantType,
  kindOf,
  possibleAuthMethods,
  possibleGrants,
} from './client-type.ts';
import type { ClientPublicKey } from './public-key.ts';

export interface NewClient {
  /** OAuth's `client_id`; a new one when absent. */
  id?: string;
  name: string;
  description?: string | null;
  /** WEB when absent. */
  type?: ClientType;
  redirectUris?: string[];
  postLogoutRedirectUris?: string[];
  /** All its type may use, when absent. */
  grantTypes?: GrantType[];
  /** That of its kind, when absent. */
  authMethod?: AuthMethod | undefined;
  jwks?: ClientPublicKey[];
  isMultiTenant?: boolean;
  grants?: Grant[];
  secrets?: ClientSecret[];
  inputHash?: string;
  now: Date;
}

/** A client at its first revision, ready to be inserted. Checks nothing: that is for who takes a caller's input. */
export function newClient({ id, inputHash, now, type = 'WEB', ...values }: NewClient): Client {
  const kind = kindOf(type);
  return {
    _id: id ?? uuidv7(now.getTime()),
    name: values.name,
    description: values.description ?? null,
    kind,
    type,
    redirectUris: values.redirectUris ?? [],
    postLogoutRedirectUris: values.postLogoutRedirectUris ?? [],
    grantTypes: values.grantTypes ?? [...possibleGrants(type)],
    authMethod: values.authMethod ?? possibleAuthMethods(kind)[0] ?? 'NONE',
    jwks: values.jwks ?? [],
    isMultiTenant: values.isMultiTenant ?? false,
    grants: values.grants ?? [],
    secrets: values.secrets ?? [],
    ...(inputHash === undefined ? {} : { inputHash }),
    revision: 1,
    createdAt: now,
    updatedAt: now,
  };
}

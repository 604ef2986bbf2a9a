import { UserErrors, userError } from '../../lib/user-error.ts';
import { requireRedirectUris } from './client-input.ts';
import {
  type AuthMethod,
  type ClientKind,
  type ClientType,
  type GrantType,
  kindOf,
  possibleAuthMethods,
  possibleGrants,
  typeOf,
} from './client-type.ts';
import { redirectUriWarning } from './redirect-uri.ts';

/** What has to fit together in a client. */
interface ClientForm {
  type: ClientType;
  redirectUris: readonly string[];
  postLogoutRedirectUris: readonly string[];
  grantTypes: readonly GrantType[];
  authMethod: AuthMethod;
  jwks: readonly object[];
}

/** @throws {UserErrors} INVALID at the first value that does not fit the client's type or another value */
export function requireFitting(client: ClientForm): void {
  const { type, grantTypes, authMethod, jwks } = client;
  requireRedirectUris(client.redirectUris, type);
  requireRedirectUris(client.postLogoutRedirectUris, type, 'postLogoutRedirectUris');
  const possible = possibleGrants(type);
  const odd = grantTypes.findIndex((grant) => !possible.includes(grant));
  if (odd !== -1) {
    throw userError('INVALID', `A client of type ${type} cannot use it.`, 'grantTypes', String(odd));
  }
  if (!possibleAuthMethods(kindOf(type)).includes(authMethod)) {
    throw userError('INVALID', `A client of type ${type} cannot authenticate like this.`, 'authMethod');
  }
  if (authMethod === 'PRIVATE_KEY_JWT' && jwks.length === 0) {
    throw userError('REQUIRED', 'PRIVATE_KEY_JWT needs the public keys of the client.', 'jwks');
  }
}

/** @throws {UserErrors} INVALID when type and kind contradict each other */
export function typeFor(
  { type, kind }: { type?: ClientType | null | undefined; kind?: ClientKind | null | undefined },
  redirectUris: readonly string[],
): ClientType {
  const chosen = type ?? typeOf(kind ?? 'CONFIDENTIAL', redirectUris);
  if (kind != null && kindOf(chosen) !== kind) {
    throw new UserErrors([
      { code: 'INVALID', message: `A client of type ${chosen} is not ${kind}.`, path: ['kind'] },
    ]);
  }
  return chosen;
}

/** Something that is allowed and worth a second look. */
export interface ClientWarning {
  message: string;
  path: string[];
}

export function warningsFor({
  type,
  redirectUris,
}: Pick<ClientForm, 'type' | 'redirectUris'>): ClientWarning[] {
  return redirectUris.flatMap((uri, index) => {
    const message = redirectUriWarning(uri, type);
    return message === undefined ? [] : [{ message, path: ['redirectUris', String(index)] }];
  });
}

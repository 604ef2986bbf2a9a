/** What kind of application a client is: it decides where codes may go and how the client proves who it is. */
export const CLIENT_TYPES = ['WEB', 'SPA', 'NATIVE', 'MACHINE'] as const;

export type ClientType = (typeof CLIENT_TYPES)[number];

export const CLIENT_KINDS = ['CONFIDENTIAL', 'PUBLIC'] as const;

export type ClientKind = (typeof CLIENT_KINDS)[number];

/** RFC 6749 and, for refresh tokens, section 6 of it. */
export const GRANT_TYPES = ['AUTHORIZATION_CODE', 'REFRESH_TOKEN', 'CLIENT_CREDENTIALS'] as const;

export type GrantType = (typeof GRANT_TYPES)[number];

/** How a client authenticates at the token endpoint (OpenID Connect Core 9). */
export const AUTH_METHODS = ['CLIENT_SECRET_BASIC', 'CLIENT_SECRET_POST', 'PRIVATE_KEY_JWT', 'NONE'] as const;

export type AuthMethod = (typeof AUTH_METHODS)[number];

/** Pages and installed applications are in everybody's hands and keep no secret (RFC 6749 section 2.1). */
export function kindOf(type: ClientType): ClientKind {
  return type === 'SPA' || type === 'NATIVE' ? 'PUBLIC' : 'CONFIDENTIAL';
}

/** What a client is when only its kind is said. */
export function typeOf(kind: ClientKind, redirectUris: readonly string[]): ClientType {
  if (kind === 'CONFIDENTIAL') return 'WEB';
  return redirectUris.length > 0 && redirectUris.every((uri) => /^https?:/i.test(uri)) ? 'SPA' : 'NATIVE';
}

/** The grants a client may use at all; it can be told to use fewer. */
export function possibleGrants(type: ClientType): readonly GrantType[] {
  switch (type) {
    case 'WEB':
      return GRANT_TYPES;
    case 'SPA':
    case 'NATIVE':
      return ['AUTHORIZATION_CODE', 'REFRESH_TOKEN'];
    case 'MACHINE':
      return ['CLIENT_CREDENTIALS'];
  }
}

/** How clients of a kind may authenticate; the first is the default. */
export function possibleAuthMethods(kind: ClientKind): readonly AuthMethod[] {
  return kind === 'PUBLIC' ? ['NONE'] : ['CLIENT_SECRET_BASIC', 'CLIENT_SECRET_POST', 'PRIVATE_KEY_JWT'];
}

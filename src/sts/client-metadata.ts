import { randomBytes } from 'node:crypto';
import type { AdapterPayload } from 'oidc-provider';
import type { KnownClient } from '../modules/clients/client.ts';

/**
 * The provider asks for a secret where it compares one. It compares by our own rule (several secrets, hashes), and has
 * this in its place, which is nobody's.
 */
const NO_SECRET = randomBytes(32).toString('base64url');

/**
 * A client of the clients module as the provider knows clients (RFC 7591).
 *
 * @param allowedGrants - those the tenant allows at all.
 */
export function clientMetadata(client: KnownClient, allowedGrants: readonly string[]): AdapterPayload {
  const { authMethod, redirectUris } = client;
  const grants = client.grantTypes
    .filter((grant) => allowedGrants.includes(grant))
    .map((grant) => grant.toLowerCase());
  // Codes need an address to be sent to; without one a client is a client still.
  const hasCodes = grants.includes('authorization_code') && redirectUris.length > 0;
  const hasSecrets = authMethod === 'CLIENT_SECRET_BASIC' || authMethod === 'CLIENT_SECRET_POST';
  return {
    client_id: client._id,
    client_name: client.name,
    application_type: client.type === 'NATIVE' ? 'native' : 'web',
    redirect_uris: redirectUris,
    post_logout_redirect_uris: client.postLogoutRedirectUris,
    response_types: hasCodes ? ['code'] : [],
    grant_types: hasCodes ? grants : grants.filter((grant) => grant === 'client_credentials'),
    token_endpoint_auth_method: authMethod.toLowerCase() as Lowercase<typeof authMethod>,
    ...(hasSecrets ? { client_secret: NO_SECRET } : {}),
    ...(authMethod === 'PRIVATE_KEY_JWT' ? { jwks: { keys: client.jwks } } : {}),
  };
}

import { randomBytes } from 'node:crypto';
import type { AdapterPayload } from 'oidc-provider';
import type { KnownClient } from '../modules/clients/client.ts';

/**
 * The provider asks for a secret where it compares one. It compares by our own rule (several secrets, hashes), and has
 * this in its place, which is nobody's.
 */
const NO_SECRET = randomBytes(32).toString('base64url');

/** A client of the clients module as the provider knows clients (RFC 7591). */
export function clientMetadata(client: KnownClient): AdapterPayload {
  const isPublic = client.kind === 'PUBLIC';
  const hasRedirects = client.redirectUris.length > 0;
  return {
    client_id: client._id,
    client_name: client.name,
    application_type: 'web',
    redirect_uris: client.redirectUris,
    response_types: hasRedirects ? ['code'] : [],
    grant_types: [
      ...(hasRedirects ? ['authorization_code', 'refresh_token'] : []),
      ...(isPublic ? [] : ['client_credentials']),
    ],
    token_endpoint_auth_method: isPublic ? 'none' : 'client_secret_basic',
    ...(isPublic ? {} : { client_secret: NO_SECRET }),
  };
}

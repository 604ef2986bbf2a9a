import { encodeGlobalId } from '../src/graphql/global-id.ts';
import { CLIENT_NAME, type FleetTenant } from './fleet.ts';
import { PUBLIC_HOST } from './gateway.ts';
import type { CheckedRequest } from './http-load.ts';

const QUERY = 'query ById($id: ID!) { client(id: $id) { id clientId name } }';

/**
 * Asks the gateway for one object of a tenant, by URL prefix and token.
 *
 * @param target - `name`: of the client that is asked for; the one every tenant of a fleet has, when absent.
 */
export function byIdQuery(
  target: Pick<FleetTenant, 'identifier' | 'clientId' | 'accessToken'> & { name?: string },
): CheckedRequest {
  const { identifier, clientId, accessToken, name = CLIENT_NAME } = target;
  const id = encodeGlobalId('Client', clientId);
  return {
    method: 'POST',
    path: `/t/${identifier}/graphql`,
    headers: {
      host: PUBLIC_HOST,
      'content-type': 'application/json',
      accept: 'application/graphql-response+json',
      authorization: `Bearer ${accessToken}`,
    },
    body: JSON.stringify({ query: QUERY, variables: { id } }),
    expectedBody: JSON.stringify({ data: { client: { id, clientId, name } } }),
  };
}

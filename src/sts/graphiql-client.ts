import { GRAPHIQL_CLIENT_ID } from '../auth/graphiql-client.ts';
import { TENANT_SCOPES } from '../auth/scopes.ts';
import { newClient } from '../modules/clients/new-client.ts';
import { type ClientCredentials, known } from '../modules/clients/store.ts';
import { type GatewayAddress, graphiqlAddresses } from '../tenancy/graphiql-addresses.ts';
import type { Tenant } from '../tenancy/tenant.ts';

/** The client a tenant's GraphiQL signs in with: public, for its own pages alone, and without refresh tokens. */
export function graphiqlClient(tenant: Tenant, gateway: GatewayAddress): ClientCredentials {
  const addresses = graphiqlAddresses(tenant, gateway);
  const client = newClient({
    id: GRAPHIQL_CLIENT_ID,
    name: `GraphiQL of ${tenant.name}`,
    type: 'SPA',
    grantTypes: ['AUTHORIZATION_CODE'],
    redirectUris: addresses,
    postLogoutRedirectUris: addresses,
    grants: [{ resource: null, scopes: [...TENANT_SCOPES] }],
    now: new Date(0),
  });
  return { client: known(client), secrets: [] };
}

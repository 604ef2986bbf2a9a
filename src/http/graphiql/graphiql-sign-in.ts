import { GRAPHIQL_CLIENT_ID } from '../../auth/graphiql-client.ts';
import { TENANT_SCOPES } from '../../auth/scopes.ts';
import { type GatewayAddress, graphiqlAddresses } from '../../tenancy/graphiql-addresses.ts';
import type { Tenant } from '../../tenancy/tenant.ts';
import type { GraphiqlSignIn } from './page.ts';

/** How a tenant's people sign in to its GraphiQL; with every scope, of which a token carries those they hold. */
export function graphiqlSignIn(tenant: Tenant, gateway: GatewayAddress): GraphiqlSignIn {
  return {
    issuer: tenant.issuer,
    clientId: GRAPHIQL_CLIENT_ID,
    addresses: graphiqlAddresses(tenant, gateway),
    scope: ['openid', 'email', ...TENANT_SCOPES].join(' '),
  };
}

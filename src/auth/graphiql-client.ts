/**
 * `client_id` of every tenant's GraphiQL. Like the command line's it has no record: it exists as long as the page is
 * served, with every scope, of which a token carries those its user holds.
 */
export const GRAPHIQL_CLIENT_ID = 'tenant-gateway-graphiql';

import { allow, requires, type RuleTree } from '../../graphql/rules.ts';

const read = requires('clients:read');
const write = requires('clients:write');

const payload = { client: read, userErrors: allow };
const warned = { ...payload, warnings: allow };
const secretPayload = { ...payload, secret: allow }; // whoever may make a secret may see it

export const clientsRules: RuleTree = {
  Query: { client: read, clients: read },
  Mutation: {
    createClient: write,
    updateClient: write,
    deleteClient: write,
    addClientSecret: write,
    revokeClientSecret: write,
    grantClientScopes: write,
    revokeClientScopes: write,
  },
  Client: allow, // every field that leads to one asks for clients:read
  ClientGrant: { resource: requires('resources:read'), scopes: allow },
  ClientSecret: allow,
  ClientConnection: allow,
  ClientEdge: allow,
  CreateClientPayload: { ...secretPayload, warnings: allow },
  UpdateClientPayload: warned,
  ClientWarning: allow,
  DeleteClientPayload: allow,
  AddClientSecretPayload: secretPayload,
  RevokeClientSecretPayload: payload,
  GrantClientScopesPayload: payload,
  RevokeClientScopesPayload: payload,
};

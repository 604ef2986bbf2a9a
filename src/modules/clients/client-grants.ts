import { requireOwn } from '../../auth/require-own.ts';
import { found } from '../../graphql/not-found.ts';
import { parseInput } from '../../graphql/user-errors.ts';
import type { Scope } from '../../shell/scope.ts';
import { resourceStore } from '../resources/store.ts';
import { requireEach, requireGatewayScopes, ScopesInput } from './client-input.ts';
import { type Client, type KnownClient, scopesAt } from './client.ts';
import { clientStore } from './store.ts';

/** Where scopes are granted: an API resource by its local id; null: the gateway itself. */
export type Audience = string | null;

/**
 * Grants scopes a client may ask for; those it has already stay.
 *
 * @throws {UserErrors} INVALID for each scope there is not
 * @throws {CodedError} FORBIDDEN for a scope of the gateway the caller lacks; NOT_FOUND for client and resource alike
 */
export async function grantClientScopes(
  scope: Scope,
  id: string,
  resource: Audience,
  input: object,
): Promise<KnownClient> {
  const { scopes, expectedRevision } = parseInput(ScopesInput, input);
  if (resource === null) {
    requireGatewayScopes(scopes);
    requireOwn(scope.principal, scopes);
  } else {
    await requireResourceScopes(scope, resource, scopes);
  }
  return clientStore(scope).change({ id, expectedRevision }, (client) => {
    const held = scopesAt(client, resource);
    const added = scopes.filter((name) => !held.includes(name));
    return added.length === 0 ? undefined : withScopes(client, resource, [...held, ...added]);
  });
}

/**
 * Takes scopes away; those it does not have are none of the faults. Tokens that carry them live until they expire.
 *
 * @throws {UserErrors} INVALID for each scope there is not
 * @throws {CodedError} NOT_FOUND for client and resource alike
 */
export async function revokeClientScopes(
  scope: Scope,
  id: string,
  resource: Audience,
  input: object,
): Promise<KnownClient> {
  const { scopes, expectedRevision } = parseInput(ScopesInput, input);
  if (resource === null) requireGatewayScopes(scopes);
  else await requireResourceScopes(scope, resource, scopes);
  return clientStore(scope).change({ id, expectedRevision }, (client) => {
    const held = scopesAt(client, resource);
    const kept = held.filter((name) => !scopes.includes(name));
    return kept.length === held.length ? undefined : withScopes(client, resource, kept);
  });
}

async function requireResourceScopes(
  scope: Scope,
  resource: string,
  names: readonly string[],
): Promise<void> {
  const { scopes } = found(await resourceStore(scope).byId(resource));
  const known = new Set(scopes.map(({ name }) => name));
  requireEach(names, 'scopes', (name) => (known.has(name) ? undefined : 'This resource has no such scope.'));
}

function withScopes({ grants }: KnownClient, resource: Audience, scopes: string[]): Pick<Client, 'grants'> {
  const others = grants.filter((grant) => grant.resource !== resource);
  return { grants: scopes.length === 0 ? others : [...others, { resource, scopes }] };
}

import { parseInput } from '../../graphql/user-errors.ts';
import type { Scope } from '../../shell/scope.ts';
import { requireRedirectUris, RevisionInput, UpdateInput } from './client-input.ts';
import type { KnownClient } from './client.ts';
import { noteDeletion } from './liveness.ts';
import { requireNotStronger } from './own-strength.ts';
import { type ClientChanges, clientStore } from './store.ts';

/**
 * Sets the values an input gives.
 *
 * @throws {CodedError} FORBIDDEN when codes of a client stronger than the caller would be sent elsewhere
 */
export async function updateClient(scope: Scope, id: string, input: object): Promise<KnownClient> {
  const { expectedRevision, name, description, redirectUris } = parseInput(UpdateInput, input);
  const changes: ClientChanges = {
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    ...(redirectUris === undefined ? {} : { redirectUris }),
  };
  return clientStore(scope).change({ id, expectedRevision }, (client) => {
    if (redirectUris !== undefined) {
      requireRedirectUris(redirectUris, client.kind);
      if (redirectUris.some((uri) => !client.redirectUris.includes(uri))) requireNotStronger(scope, client);
    }
    return Object.keys(changes).length === 0 ? undefined : changes;
  });
}

/** Deletes a client; on this node its tokens are refused at once. */
export async function deleteClient(scope: Scope, id: string, input: object): Promise<void> {
  const { expectedRevision } = parseInput(RevisionInput, input);
  await clientStore(scope).delete({ id, expectedRevision });
  noteDeletion(scope, id);
}

import type { Catalogue } from '../../graphql/catalogue.ts';
import { parseInput } from '../../graphql/user-errors.ts';
import { userError } from '../../lib/user-error.ts';
import type { Scope } from '../../shell/scope.ts';
import { type ClientWarning, requireFitting, warningsFor } from './client-form.ts';
import { RevisionInput, UpdateInput } from './client-input.ts';
import type { KnownClient } from './client.ts';
import { noteDeletion } from './liveness.ts';
import { requireNotStronger } from './own-strength.ts';
import { type ClientChanges, clientStore } from './store.ts';

/**
 * Sets the values an input gives.
 *
 * @throws {CodedError} FORBIDDEN when codes of a client stronger than the caller would be sent elsewhere
 */
export async function updateClient(
  scope: Scope,
  id: string,
  input: object,
): Promise<{ client: KnownClient; warnings: ClientWarning[] }> {
  const { expectedRevision, ...values } = parseInput(UpdateInput, input);
  const changes = Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  ) as ClientChanges;
  const client = await clientStore(scope).change({ id, expectedRevision }, (current) => {
    requireFitting({ ...current, ...changes });
    if (isTakeover(current, changes)) requireNotStronger(scope, current);
    return Object.keys(changes).length === 0 ? undefined : changes;
  });
  return { client, warnings: warningsFor(client) };
}

/** Whether codes would go to, or tokens could be asked for by, somebody who could not get them before. */
function isTakeover(
  current: KnownClient,
  { redirectUris = [], jwks = [], grantTypes = [], authMethod }: ClientChanges,
): boolean {
  const keys = new Set(current.jwks.map((key) => JSON.stringify(key)));
  return (
    redirectUris.some((uri) => !current.redirectUris.includes(uri)) ||
    grantTypes.some((grant) => !current.grantTypes.includes(grant)) ||
    jwks.some((key) => !keys.has(JSON.stringify(key))) ||
    (authMethod !== undefined && authMethod !== current.authMethod)
  );
}

/**
 * Deletes a client; on this node its tokens are refused at once.
 *
 * @throws {UserErrors} IN_USE while application tenants belong to it
 */
export async function deleteClient(
  scope: Scope,
  catalogue: Catalogue,
  id: string,
  input: object,
): Promise<void> {
  const { expectedRevision } = parseInput(RevisionInput, input);
  await clientStore(scope).delete({ id, expectedRevision }, async () => {
    const answers = await Promise.all(catalogue.map(async (module) => module.usesClient?.(scope, id)));
    if (answers.includes(true)) {
      throw userError('IN_USE', 'Delete its application tenants first.', 'id');
    }
  });
  noteDeletion(scope, id);
}

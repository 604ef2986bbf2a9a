import { requireOwn } from '../../auth/require-own.ts';
import { creationOf, keyOfAnotherInput } from '../../graphql/idempotency.ts';
import { parseInput } from '../../graphql/user-errors.ts';
import type { Scope } from '../../shell/scope.ts';
import { type ClientWarning, requireFitting, typeFor, warningsFor } from './client-form.ts';
import { CreateInput, requireGatewayScopes } from './client-input.ts';
import { kindOf } from './client-type.ts';
import type { KnownClient } from './client.ts';
import { forgetLiveness } from './liveness.ts';
import { newClient } from './new-client.ts';
import { newSecret } from './new-secret.ts';
import { clientStore } from './store.ts';

/**
 * Creates a client, a confidential one with its first secret unless it signs with a key. A replay of an idempotency key answers the client as it
 * is now and no secret, because none is kept that could be shown again: add another one.
 *
 * @throws {UserErrors} INVALID, TOO_LONG, ...; CONFLICT for a key of another input
 * @throws {CodedError} FORBIDDEN for a scope the caller lacks
 */
export async function createClient(
  scope: Scope,
  input: object,
): Promise<{ client: KnownClient; secret: string | null; warnings: ClientWarning[] }> {
  const { idempotencyKey, ...values } = parseInput(CreateInput, input);
  requireGatewayScopes(values.scopes);
  requireOwn(scope.principal, values.scopes);

  const { scopes, description = null, kind, type, grantTypes, authMethod, ...rest } = values;
  const creation = creationOf(scope, 'client', idempotencyKey, values);
  const now = new Date();
  const proves = authMethod ?? undefined;
  const chosen = typeFor({ type, kind }, rest.redirectUris);
  const needsSecret = kindOf(chosen) === 'CONFIDENTIAL' && proves !== 'PRIVATE_KEY_JWT';
  const secret = needsSecret ? newSecret(await scope.shell.secretKey(), now, null) : undefined;
  const client = newClient({
    ...rest,
    ...creation,
    ...(grantTypes == null ? {} : { grantTypes }),
    type: chosen,
    authMethod: proves,
    description,
    grants: scopes.length === 0 ? [] : [{ resource: null, scopes }],
    secrets: secret === undefined ? [] : [secret.stored],
    now,
  });
  requireFitting(client);
  const inserted = await clientStore(scope).insert(client, creation);
  if (inserted === undefined) throw keyOfAnotherInput();
  if (inserted.isNew) forgetLiveness(scope, client._id);
  return {
    client: inserted.client,
    secret: inserted.isNew ? (secret?.plain ?? null) : null,
    warnings: warningsFor(inserted.client),
  };
}

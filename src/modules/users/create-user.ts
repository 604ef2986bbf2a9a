import { requireOwn } from '../../auth/require-own.ts';
import { creationOf, keyOfAnotherInput } from '../../graphql/idempotency.ts';
import { parseInput } from '../../graphql/user-errors.ts';
import type { Scope } from '../../shell/scope.ts';
import { newUser } from './new-user.ts';
import { sendPasswordLink } from './password-link.ts';
import { userStore } from './store.ts';
import type { KnownUser } from './user.ts';
import { CreateInput, requireUserScopes } from './user-input.ts';

/**
 * Creates a user and sends the link to set a password with.
 *
 * @param applicationTenant - whose user it is; null: the tenant's own.
 * @throws {UserErrors} INVALID, TOO_LONG, ...; TAKEN; CONFLICT for a key of another input
 * @throws {CodedError} FORBIDDEN for a scope the caller lacks
 */
export async function createUser(
  scope: Scope,
  applicationTenant: string | null,
  input: object,
): Promise<KnownUser> {
  const { idempotencyKey, name = null, ...values } = parseInput(CreateInput, input);
  requireUserScopes(values.scopes, applicationTenant);
  requireOwn(scope.principal, values.scopes);
  const creation = creationOf(scope, 'user', idempotencyKey, { ...values, name, applicationTenant });
  const user = newUser({ ...creation, ...values, name, applicationTenant, now: new Date() });
  const inserted = await userStore(scope).insert(user, creation);
  if (inserted === undefined) throw keyOfAnotherInput();
  if (inserted.isNew) await sendPasswordLink(scope, inserted.user);
  return inserted.user;
}

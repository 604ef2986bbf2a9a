import { requireOwn } from '../../auth/require-own.ts';
import { parseInput } from '../../graphql/user-errors.ts';
import type { Target } from '../../graphql/revision.ts';
import type { Scope } from '../../shell/scope.ts';
import { forgetUser } from './liveness.ts';
import { type UserChanges, userStore } from './store.ts';
import type { KnownUser } from './user.ts';
import { requireUserScopes, RevisionInput, ScopesInput, UpdateInput } from './user-input.ts';

/**
 * Sets the values an input gives. Another address is not verified until a link sent there was followed.
 *
 * @throws {CodedError} FORBIDDEN when links of a user stronger than the caller would be sent elsewhere
 */
export async function updateUser(scope: Scope, id: string, input: object): Promise<KnownUser> {
  const { expectedRevision, email, name } = parseInput(UpdateInput, input);
  return change(scope, { id, expectedRevision }, (user) => {
    if (email === undefined || email === user.email) return name === undefined ? undefined : { name };
    requireOwn(scope.principal, user.scopes);
    return { email, isEmailVerified: false, ...(name === undefined ? {} : { name }) };
  });
}

/** Deletes a user. Its tokens are refused within a second. */
export async function deleteUser(scope: Scope, id: string, input: object): Promise<void> {
  const { expectedRevision } = parseInput(RevisionInput, input);
  await userStore(scope).delete({ id, expectedRevision });
  forgetUser(scope, id);
}

/** Nothing is done in this user's name any more, within a second and until it is resumed. */
export function suspendUser(scope: Scope, id: string, input: object): Promise<KnownUser> {
  const { expectedRevision } = parseInput(RevisionInput, input);
  return change(scope, { id, expectedRevision }, ({ status }) =>
    status === 'SUSPENDED' ? undefined : { status: 'SUSPENDED', tokensSince: new Date() },
  );
}

/** Lets a suspended user sign in again; its tokens from before stay refused. */
export function resumeUser(scope: Scope, id: string, input: object): Promise<KnownUser> {
  const { expectedRevision } = parseInput(RevisionInput, input);
  return change(scope, { id, expectedRevision }, ({ status }) =>
    status === 'ACTIVE' ? undefined : { status: 'ACTIVE' },
  );
}

/**
 * Gives a user scopes at this gateway; those it has already stay.
 *
 * @throws {UserErrors} INVALID for each scope such a user cannot hold
 * @throws {CodedError} FORBIDDEN for a scope the caller lacks
 */
export async function grantUserScopes(scope: Scope, id: string, input: object): Promise<KnownUser> {
  const { scopes, expectedRevision } = parseInput(ScopesInput, input);
  return change(scope, { id, expectedRevision }, (user) => {
    requireUserScopes(scopes, user.applicationTenant);
    requireOwn(scope.principal, scopes);
    const added = scopes.filter((name) => !user.scopes.includes(name));
    return added.length === 0 ? undefined : { scopes: [...user.scopes, ...added] };
  });
}

/** Takes scopes away; tokens issued before are refused, so that it counts at once. */
export async function revokeUserScopes(scope: Scope, id: string, input: object): Promise<KnownUser> {
  const { scopes, expectedRevision } = parseInput(ScopesInput, input);
  return change(scope, { id, expectedRevision }, (user) => {
    requireUserScopes(scopes, user.applicationTenant);
    const kept = user.scopes.filter((name) => !scopes.includes(name));
    return kept.length === user.scopes.length ? undefined : { scopes: kept, tokensSince: new Date() };
  });
}

async function change(
  scope: Scope,
  target: Target,
  decide: (user: KnownUser) => UserChanges | undefined,
): Promise<KnownUser> {
  const changed = await userStore(scope).change(target, decide);
  forgetUser(scope, target.id);
  return changed;
}

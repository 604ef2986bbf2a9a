import { creationOf, keyOfAnotherInput } from '../../graphql/idempotency.ts';
import { found } from '../../graphql/not-found.ts';
import type { Target } from '../../graphql/revision.ts';
import { parseInput } from '../../graphql/user-errors.ts';
import { userError } from '../../lib/user-error.ts';
import type { Scope } from '../../shell/scope.ts';
import { clientStore } from '../clients/store.ts';
import { createInput, RevisionInput, updateInput } from './application-tenant-input.ts';
import type { ApplicationTenant } from './application-tenant.ts';
import { forgetStanding } from './standing.ts';
import { type ApplicationTenantChanges, applicationTenantStore } from './store.ts';

/** Asks a module to remove what an application tenant has of its documents. */
export type Forget = (scope: Scope, applicationTenant: string) => Promise<void>;

/**
 * Creates an application tenant of a multi-tenant client.
 *
 * @throws {UserErrors} INVALID, TAKEN, ...; CONFLICT for a key of another input
 * @throws {CodedError} NOT_FOUND for the client
 */
export async function createApplicationTenant(
  scope: Scope,
  application: string,
  input: object,
): Promise<ApplicationTenant> {
  const { idempotencyKey, ...values } = parseInput(createInput(), input);
  const client = found(await clientStore(scope).byId(application));
  if (!client.isMultiTenant) throw userError('INVALID', 'This client is not multi-tenant.', 'application');
  const creation = creationOf(scope, 'applicationTenant', idempotencyKey, { ...values, application });
  const { id, ...marks } = creation;
  const now = new Date();
  const made = {
    _id: id,
    ...marks,
    ...values,
    application,
    status: 'ACTIVE' as const,
    revision: 1,
    createdAt: now,
    updatedAt: now,
  };
  const inserted = await applicationTenantStore(scope).insert(made, creation);
  if (inserted === undefined) throw keyOfAnotherInput();
  forgetStanding(scope, id);
  return inserted;
}

/** Sets the values an input gives. */
export function updateApplicationTenant(scope: Scope, id: string, input: object): Promise<ApplicationTenant> {
  const { expectedRevision, name, settings } = parseInput(updateInput(), input);
  const changes = {
    ...(name === undefined ? {} : { name }),
    ...(settings === undefined ? {} : { settings }),
  };
  return change(scope, { id, expectedRevision }, () =>
    Object.keys(changes).length === 0 ? undefined : changes,
  );
}

/** Refuses the tokens of all its users within a second, and further sign-ins. */
export function suspendApplicationTenant(
  scope: Scope,
  id: string,
  input: object,
): Promise<ApplicationTenant> {
  return move(scope, { id, ...parseInput(RevisionInput, input) }, 'SUSPENDED');
}

/** Serves a suspended one again. */
export function resumeApplicationTenant(scope: Scope, id: string, input: object): Promise<ApplicationTenant> {
  return move(scope, { id, ...parseInput(RevisionInput, input) }, 'ACTIVE');
}

/**
 * Deletes an application tenant with its users and content. Nobody is served for it from the first step on; one that was
 * cut off is carried on by doing it again.
 */
export async function deleteApplicationTenant(
  scope: Scope,
  id: string,
  input: object,
  forgetters: readonly Forget[],
): Promise<void> {
  const { expectedRevision } = parseInput(RevisionInput, input);
  const marked = await change(scope, { id, expectedRevision }, ({ status }) =>
    status === 'DELETING' ? undefined : { status: 'DELETING' },
  );
  for (const forget of forgetters) await forget(scope, marked._id);
  await applicationTenantStore(scope).delete({ id });
  forgetStanding(scope, id);
}

function move(scope: Scope, target: Target, to: 'ACTIVE' | 'SUSPENDED'): Promise<ApplicationTenant> {
  return change(scope, target, ({ status }) => {
    if (status === 'DELETING') throw userError('INVALID', 'It is being deleted.', 'id');
    return status === to ? undefined : { status: to };
  });
}

async function change(
  scope: Scope,
  target: Target,
  decide: (current: ApplicationTenant) => ApplicationTenantChanges | undefined,
): Promise<ApplicationTenant> {
  const changed = await applicationTenantStore(scope).change(target, decide);
  forgetStanding(scope, target.id);
  return changed;
}

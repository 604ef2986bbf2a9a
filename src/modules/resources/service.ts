import type { Catalogue } from '../../graphql/catalogue.ts';
import { parseInput } from '../../graphql/user-errors.ts';
import { userError } from '../../lib/user-error.ts';
import type { Scope } from '../../shell/scope.ts';
import {
  AddScopeInput,
  DeleteInput,
  MAX_SCOPES,
  RemoveScopeInput,
  resourceInputs,
} from './resource-input.ts';
import type { ApiResource } from './resource.ts';
import { resourceStore } from './store.ts';

/** Sets the values an input gives. */
export async function updateResource(scope: Scope, id: string, input: object): Promise<ApiResource> {
  const { expectedRevision, name, audience } = parseInput(resourceInputs(scope).update, input);
  const changes = {
    ...(name === undefined ? {} : { name }),
    ...(audience === undefined ? {} : { audience }),
  };
  return resourceStore(scope).change({ id, expectedRevision }, () =>
    Object.keys(changes).length === 0 ? undefined : changes,
  );
}

/** @throws {UserErrors} TAKEN when the resource has a scope of this name; LIMIT */
export async function addResourceScope(scope: Scope, id: string, input: object): Promise<ApiResource> {
  const { expectedRevision, ...added } = parseInput(AddScopeInput, input);
  return resourceStore(scope).change({ id, expectedRevision }, ({ scopes }) => {
    if (scopes.some(({ name }) => name === added.name)) {
      throw userError('TAKEN', 'This resource has a scope of this name.', 'name');
    }
    if (scopes.length >= MAX_SCOPES) {
      throw userError('LIMIT', `A resource has at most ${MAX_SCOPES} scopes.`, 'name');
    }
    return { scopes: [...scopes, added] };
  });
}

/** @throws {UserErrors} INVALID when there is no such scope; IN_USE while something refers to it */
export async function removeResourceScope(
  scope: Scope,
  catalogue: Catalogue,
  id: string,
  input: object,
): Promise<ApiResource> {
  const { expectedRevision, name } = parseInput(RemoveScopeInput, input);
  return resourceStore(scope).change({ id, expectedRevision }, async ({ scopes }) => {
    const kept = scopes.filter((each) => each.name !== name);
    if (kept.length === scopes.length) throw userError('INVALID', 'This resource has no such scope.', 'name');
    await requireUnused(scope, catalogue, 'name', id, name);
    return { scopes: kept };
  });
}

/** @throws {UserErrors} IN_USE while something refers to it */
export async function deleteResource(
  scope: Scope,
  catalogue: Catalogue,
  id: string,
  input: object,
): Promise<void> {
  const { expectedRevision } = parseInput(DeleteInput, input);
  await resourceStore(scope).delete({ id, expectedRevision }, () =>
    requireUnused(scope, catalogue, 'id', id),
  );
}

async function requireUnused(
  scope: Scope,
  catalogue: Catalogue,
  path: string,
  ...use: [resourceId: string, scopeName?: string]
): Promise<void> {
  const answers = await Promise.all(
    catalogue.map(async (module) =>
      (await module.usesResource?.(scope, ...use)) === true ? [module.id] : [],
    ),
  );
  const users = answers.flat();
  if (users.length > 0)
    throw userError('IN_USE', `Revoke it first; it is used by ${users.join(' and ')}.`, path);
}

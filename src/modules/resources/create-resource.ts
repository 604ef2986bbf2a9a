import { creationOf, isReplay, keyOfAnotherInput } from '../../graphql/idempotency.ts';
import { parseInput } from '../../graphql/user-errors.ts';
import type { Scope } from '../../shell/scope.ts';
import { resourceInputs } from './resource-input.ts';
import type { ApiResource } from './resource.ts';
import { resourceStore } from './store.ts';

/**
 * Creates a resource, or answers the one an idempotency key created before.
 *
 * @throws {UserErrors} INVALID, TOO_LONG, ...; TAKEN for the audience; CONFLICT for a key of another input
 */
export async function createResource(scope: Scope, input: object): Promise<ApiResource> {
  const { idempotencyKey, ...values } = parseInput(resourceInputs(scope).create, input);
  const creation = creationOf(scope, 'resource', idempotencyKey, values);
  const now = new Date();
  const resource: ApiResource = {
    _id: creation.id,
    ...values,
    ...(creation.inputHash === undefined ? {} : { inputHash: creation.inputHash }),
    revision: 1,
    createdAt: now,
    updatedAt: now,
  };
  const existing = await resourceStore(scope).insert(resource);
  if (existing === undefined) return resource;
  if (!isReplay(creation, existing)) throw keyOfAnotherInput();
  return existing;
}

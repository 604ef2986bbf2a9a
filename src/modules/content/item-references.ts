import { localId } from '../../graphql/global-id.ts';
import type { UserError } from '../../lib/user-error.ts';
import type { Scope } from '../../shell/scope.ts';
import { CONTENT_ITEM } from './content-item.ts';
import { contentItemStore } from './content-item-store.ts';
import type { ContentType } from './content-type.ts';
import { noSuchReference, type ReadReference } from './field-value.ts';
import { checkData, refuse } from './item-data.ts';
import type { StoredData } from './content-item.ts';
import type { FoundReference } from './item-data.ts';

/** Callers name items by global id. */
export const byGlobalId: ReadReference = (value) => localId(CONTENT_ITEM, value);

/** One fault for each reference that leads to nothing, or to an item of another type; in one command. */
export async function faultyReferences(
  scope: Scope,
  references: readonly FoundReference[],
): Promise<UserError[]> {
  const types = await contentItemStore(scope).livingTypes(references.map(({ id }) => id));
  return references
    .filter(({ id, field }) => types.get(id) !== field.referenceTo)
    .map(({ field, path }) => ({ ...noSuchReference(field), path }))
    .map(({ code, message, path }) => ({ code, message: `${path[1] ?? ''} ${message}`, path }));
}

/**
 * Data as it is stored.
 *
 * @throws {UserErrors} one for each value that does not fit, references included.
 */
export async function storableData(
  scope: Scope,
  type: ContentType,
  given: unknown,
  previous?: StoredData,
): Promise<StoredData> {
  const { data, references, faults } = checkData(type, given, byGlobalId, previous);
  refuse([...faults, ...(await faultyReferences(scope, references))]);
  return data;
}

import { creationOf, isReplay, keyOfAnotherInput } from '../../graphql/idempotency.ts';
import type { Target } from '../../graphql/revision.ts';
import { parseInput } from '../../graphql/user-errors.ts';
import { userError, type UserError, UserErrors } from '../../lib/user-error.ts';
import type { Scope } from '../../shell/scope.ts';
import { contentItemStore } from './content-item-store.ts';
import { CreateContentType, ExpectedRevision, UpdateContentType } from './content-type-input.ts';
import { contentTypeStore } from './content-type-store.ts';
import type { ContentType, DeclaredField } from './content-type.ts';

/**
 * Declares a type, or answers the one an idempotency key declared before.
 *
 * @throws {UserErrors} for what does not fit; TAKEN for the name; CONFLICT for a key of another input.
 */
export async function createContentType(scope: Scope, input: object): Promise<ContentType> {
  const { idempotencyKey, ...values } = parseInput(CreateContentType, input);
  const { id, ...marks } = creationOf(scope, 'contentType', idempotencyKey, values);
  await requireTypes(scope, values.name, values.fields);
  const now = new Date();
  const type: ContentType = { _id: id, ...values, revision: 1, createdAt: now, updatedAt: now, ...marks };
  const existing = await contentTypeStore(scope).insert(type);
  if (existing === undefined) return type;
  if (!isReplay({ id, ...marks }, existing)) throw keyOfAnotherInput();
  return existing;
}

/**
 * Changes the description or the declared fields. A field that items hold values in keeps its kind and stays.
 *
 * @throws {UserErrors} IN_USE, CONFLICT, or for what does not fit.
 * @throws {CodedError} NOT_FOUND.
 */
export async function updateContentType(scope: Scope, id: string, input: object): Promise<ContentType> {
  const { expectedRevision, description, fields } = parseInput(UpdateContentType, input);
  return contentTypeStore(scope).change({ id, expectedRevision }, async (type) => {
    if (fields !== undefined) {
      await requireTypes(scope, type.name, fields);
      await requireUnused(scope, type, fields);
    }
    return { ...(description !== undefined && { description }), ...(fields && { fields }) };
  });
}

/**
 * Deletes a type nothing needs any more.
 *
 * @throws {UserErrors} IN_USE, CONFLICT.
 * @throws {CodedError} NOT_FOUND.
 */
export async function deleteContentType(scope: Scope, id: string, input: object): Promise<void> {
  const target: Target = { id, ...parseInput(ExpectedRevision, input) };
  const store = contentTypeStore(scope);
  await store.delete(target, async (type) => {
    if (await contentItemStore(scope).hasLiving(type.name)) throw userError('IN_USE', 'It has items.', 'id');
    if (await store.isReferredTo(type)) throw userError('IN_USE', 'Another type refers to it.', 'id');
  });
}

/** Every type a reference leads to exists; a type may refer to itself. */
async function requireTypes(scope: Scope, own: string, fields: readonly DeclaredField[]): Promise<void> {
  const store = contentTypeStore(scope);
  const faults = await Promise.all(
    fields.map(async ({ referenceTo }, index): Promise<UserError[]> => {
      if (referenceTo === null || referenceTo === own || (await store.byName(referenceTo)) !== null)
        return [];
      const path = ['fields', String(index), 'referenceTo'];
      return [{ code: 'INVALID', message: 'There is no such type.', path }];
    }),
  );
  if (faults.some((ofField) => ofField.length > 0)) throw new UserErrors(faults.flat());
}

/** Deleted items count too: they can be restored. */
async function requireUnused(scope: Scope, type: ContentType, next: readonly DeclaredField[]): Promise<void> {
  const changed = type.fields.filter((field) => {
    const same = next.find(({ name }) => name === field.name);
    return same?.kind !== field.kind || same.of !== field.of || same.referenceTo !== field.referenceTo;
  });
  const names = changed.map(({ name }) => name);
  const item = await contentItemStore(scope).withValueIn(type.name, names);
  if (item === null) return;
  const name = names.find((candidate) => Object.hasOwn(item.data, candidate)) ?? '';
  throw userError('IN_USE', `Items hold values of ${name}; it must stay as it is.`, 'fields');
}

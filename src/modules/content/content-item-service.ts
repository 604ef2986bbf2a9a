import { creationOf, isReplay, keyOfAnotherInput } from '../../graphql/idempotency.ts';
import { parseInput } from '../../graphql/user-errors.ts';
import { userError } from '../../lib/user-error.ts';
import { homeOf } from '../../mongo/rows.ts';
import type { Scope } from '../../shell/scope.ts';
import { locale } from '../../tenancy/locale.ts';
import { optionValue } from '../../tenancy/option.ts';
import { CreateContentItem, UpdateContentItem } from './content-item-input.ts';
import { contentItemStore } from './content-item-store.ts';
import type { ContentItem } from './content-item.ts';
import { contentTypeStore } from './content-type-store.ts';
import { storableData } from './item-references.ts';
import { slugOf } from './slug.ts';

/**
 * Creates a draft, or answers the item an idempotency key created before.
 *
 * @throws {UserErrors} for what does not fit; TAKEN for the slug; CONFLICT for a key of another input.
 */
export async function createContentItem(scope: Scope, input: object): Promise<ContentItem> {
  const { idempotencyKey, ...values } = parseInput(CreateContentItem, input);
  const store = contentItemStore(scope);
  const { id, ...marks } = creationOf(scope, 'contentItem', idempotencyKey, values);
  // What the first call referred to may be gone by now; its replay is answered all the same.
  const first = idempotencyKey === undefined ? null : await store.created(id);
  if (first !== null) return replayed(marks, first);
  const type = await contentTypeStore(scope).byName(values.type);
  if (type === null) throw userError('INVALID', 'There is no such type.', 'type');
  const slug = values.slug ?? slugOf(values.title);
  if (slug === undefined) throw userError('REQUIRED', 'No slug can be made of this title; give one.', 'slug');
  const now = new Date();
  const item: ContentItem = {
    _id: id,
    applicationTenant: homeOf(scope.rows),
    type: type.name,
    slug,
    locale: values.locale ?? optionValue(locale, scope.optionLayers),
    title: values.title,
    status: 'DRAFT',
    data: await storableData(scope, type, values.data ?? {}),
    revision: 1,
    createdAt: now,
    updatedAt: now,
    publishedAt: null,
    deletedAt: null,
    ...marks,
  };
  const existing = await store.insert(item);
  return existing === undefined ? item : replayed(marks, existing);
}

/**
 * Changes what is given. A published item stays published: its changes show at once.
 *
 * @throws {UserErrors} for what does not fit; TAKEN for the slug; CONFLICT.
 * @throws {CodedError} NOT_FOUND.
 */
export async function updateContentItem(scope: Scope, id: string, input: object): Promise<ContentItem> {
  const { expectedRevision, data, slug, title } = parseInput(UpdateContentItem, input);
  return contentItemStore(scope).change(
    { id, expectedRevision },
    {
      isDeleted: false,
      decide: async (item) => {
        const change = { ...(slug !== undefined && { slug }), ...(title !== undefined && { title }) };
        if (data === undefined || data === null) return (slug ?? title) ? change : undefined;
        const type = await contentTypeStore(scope).byName(item.type);
        if (type === null) throw userError('INVALID', 'Its type is gone.', 'id');
        return { ...change, data: await storableData(scope, type, data, item.data) };
      },
    },
  );
}

function replayed(marks: { inputHash?: string }, item: ContentItem): ContentItem {
  if (!isReplay({ id: item._id, ...marks }, item)) throw keyOfAnotherInput();
  if (item.deletedAt === null) return item;
  throw userError('CONFLICT', 'What this key created was deleted since.', 'idempotencyKey');
}

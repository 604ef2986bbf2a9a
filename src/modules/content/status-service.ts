import { parseInput } from '../../graphql/user-errors.ts';
import { userError } from '../../lib/user-error.ts';
import type { Scope } from '../../shell/scope.ts';
import { RestoreContentItem } from './content-item-input.ts';
import { contentItemStore, type DecideChange } from './content-item-store.ts';
import type { ContentItem, StoredData } from './content-item.ts';
import { ExpectedRevision } from './content-type-input.ts';
import { contentTypeStore } from './content-type-store.ts';
import type { ContentType } from './content-type.ts';
import { checkData } from './item-data.ts';
import { byGlobalId } from './item-references.ts';
import { dataOf } from './stored-data.ts';

/** What moves an item from one status to another. */
type Transition = (scope: Scope, id: string, input: object) => Promise<ContentItem>;

/** Publishing a published item changes nothing. */
export const publishContentItem = transition(({ status }) =>
  status === 'PUBLISHED' ? undefined : { status: 'PUBLISHED', publishedAt: new Date() },
);

export const unpublishContentItem = transition(({ status }) => {
  if (status === 'DRAFT') throw userError('INVALID', 'A draft is not published.', 'id');
  return status === 'UNPUBLISHED' ? undefined : { status: 'UNPUBLISHED' };
});

/** The item keeps everything but its claim to its slug. */
export const deleteContentItem = transition(() => ({ status: 'DELETED', deletedAt: new Date() }));

/** The item comes back as a draft, if its slug, or the given one, is free. */
export const restoreContentItem: Transition = (scope, id, input) => {
  const { slug, ...target } = parseInput(RestoreContentItem, input);
  const decide: DecideChange = async (item) => {
    const type = await contentTypeStore(scope).byName(item.type);
    if (type === null) throw userError('INVALID', 'Its type is gone.', 'id');
    return {
      status: 'DRAFT',
      deletedAt: null,
      ...(slug !== undefined && { slug }),
      ...(type.createdAt > item.createdAt && { data: dataForNewType(type, item) }),
    };
  };
  return contentItemStore(scope).change({ id, ...target }, { isDeleted: true, decide });
};

function transition(decide: DecideChange): Transition {
  return (scope, id, input) =>
    contentItemStore(scope).change(
      { id, ...parseInput(ExpectedRevision, input) },
      { isDeleted: false, decide },
    );
}

/** A type that was deleted and made anew may declare other fields than the item was checked against. */
function dataForNewType(type: ContentType, item: ContentItem): StoredData {
  const { data, faults } = checkData(type, dataOf(type, item.data), byGlobalId);
  if (faults.length > 0)
    throw userError('INVALID', 'Its type was made anew and does not take its data.', 'id');
  return data;
}

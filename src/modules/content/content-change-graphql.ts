import { builder } from '../../graphql/builder.ts';
import { eventSource, eventsMissed } from '../../graphql/event-stream.ts';
import { encodeGlobalId, localId } from '../../graphql/global-id.ts';
import { PAGE_SIZE } from '../../graphql/limits.ts';
import { CodedError } from '../../lib/coded-error.ts';
import { contentAccess } from './content-access.ts';
import {
  CONTENT_CHANGE_KINDS,
  contentChange,
  type ContentChange,
  type ContentInterest,
} from './content-change.ts';
import { CONTENT_ITEM } from './content-item.ts';
import { ContentItemObject } from './content-item-graphql.ts';
import { contentItemStore, followItems } from './content-item-store.ts';

const subGraphs = ['content'];

const ContentChangeKindEnum = builder.enumType('ContentChangeKind', {
  subGraphs,
  values: CONTENT_CHANGE_KINDS,
});

const ContentChangeObject = builder.objectRef<ContentChange>('ContentChange').implement({
  subGraphs,
  description: 'Something happened to a piece of content.',
  fields: (t) => ({
    kind: t.expose('kind', { type: ContentChangeKindEnum }),
    id: t.id({
      description: 'Global id of the item.',
      resolve: ({ id }) => encodeGlobalId(CONTENT_ITEM, id),
    }),
    contentItem: t.field({
      type: ContentItemObject,
      nullable: true,
      description: 'The item as it is when this is sent; null when it is gone or the caller may not see it.',
      resolve: ({ id }, _args, { scope }) => contentItemStore(scope).byId(id),
    }),
  }),
});

builder.subscriptionField('contentChanged', (t) =>
  t.field({
    type: ContentChangeObject,
    subGraphs,
    description:
      'Tells of changes of content as they happen. Readers hear of what is published, and when it no longer is; drafts are told to callers with content:write.',
    args: {
      type: t.arg.string({ description: 'Only items of this content type.' }),
      ids: t.arg.idList({ description: `Only these items, at most ${PAGE_SIZE.max}.` }),
    },
    subscribe: (_root, { type, ids }, context) => {
      const interest: ContentInterest = {
        access: contentAccess(context.scope),
        rows: context.scope.rows,
        type: type ?? undefined,
        ids: ids == null ? undefined : localIds(ids),
      };
      return eventSource<ContentChange>(context, ({ push, end }) =>
        followItems(context.scope, {
          onChange(raw) {
            const change = contentChange(raw, interest);
            if (change !== undefined) push(change);
          },
          onGap: () => end(eventsMissed()),
          onEnd: end,
        }),
      );
    },
    resolve: (change) => change,
  }),
);

/** An id that is not of an item is one nothing happens to. */
function localIds(ids: readonly string[]): ReadonlySet<string> {
  if (ids.length > PAGE_SIZE.max) {
    throw new CodedError('LIMIT_EXCEEDED', `Watch at most ${PAGE_SIZE.max} items at once.`, {
      extensions: { limit: PAGE_SIZE.max },
    });
  }
  return new Set(ids.map((id) => localId(CONTENT_ITEM, id) ?? ''));
}

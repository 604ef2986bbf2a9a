import { builder } from '../../graphql/builder.ts';
import { badCondition } from './conditions.ts';
import { CONTENT_ITEM, CONTENT_STATUSES, type ContentItem } from './content-item.ts';
import { contentItemStore } from './content-item-store.ts';
import { ContentTypeObject } from './content-type-graphql.ts';
import { contentTypeStore } from './content-type-store.ts';
import { valueKind } from './content-type.ts';
import { takeData, takeItems } from './item-allowance.ts';
import { dataOf, referencedIds } from './stored-data.ts';

const subGraphs = ['content'];

export const ContentStatusEnum = builder.enumType('ContentStatus', {
  description: 'Only what is published is seen by callers without content:write.',
  values: CONTENT_STATUSES,
});

interface Reference {
  field: string;
  ids: readonly string[];
}

const ContentReference = builder.objectRef<Reference>('ContentReference').implement({
  subGraphs,
  description: 'Where a field of an item leads to.',
  fields: (t) => ({
    field: t.exposeString('field'),
    items: t.field({
      type: [ContentItemObject],
      complexity: { field: 1, multiplier: 5 },
      description: 'In the order of the field; without items the caller may not see.',
      resolve: async ({ ids }, _args, { scope }) => {
        takeItems(scope, ids.length);
        const items = await Promise.all(ids.map((id) => contentItemStore(scope).byId(id)));
        return items.filter((item) => item !== null);
      },
    }),
  }),
});

export const ContentItemObject = builder.objectRef<ContentItem>(CONTENT_ITEM);

builder.node(ContentItemObject, {
  name: CONTENT_ITEM,
  subGraphs,
  description: 'A piece of content.',
  id: { resolve: ({ _id }) => _id },
  fields: (t) => ({
    type: t.exposeString('type', { description: 'Name of its content type.' }),
    contentType: t.field({
      type: ContentTypeObject,
      nullable: true,
      description: 'For members only: needs content:read or content:write.',
      resolve: ({ type }, _args, { scope }) => contentTypeStore(scope).byName(type),
    }),
    slug: t.exposeString('slug', { description: 'Unique among the items of its type and locale.' }),
    locale: t.exposeString('locale', { description: 'BCP 47' }),
    title: t.exposeString('title'),
    status: t.expose('status', { type: ContentStatusEnum }),
    data: t.field({
      type: 'JSON',
      description:
        'The declared fields that have a value. References are ids of items, moments are as in RFC 3339.',
      resolve: async ({ type, data }, _args, { scope }) => {
        takeData(scope, data);
        return dataOf(await contentTypeStore(scope).byName(type), data);
      },
    }),
    references: t.field({
      type: [ContentReference],
      complexity: { field: 1, multiplier: 2 },
      description: 'The items its reference fields lead to, by field.',
      args: { field: t.arg.string({ description: 'Only this field.' }) },
      resolve: async ({ type, data }, { field }, { scope }): Promise<Reference[]> => {
        const declared = (await contentTypeStore(scope).byName(type))?.fields ?? [];
        const references = declared.filter((each) => valueKind(each) === 'REFERENCE');
        const asked = field == null ? references : references.filter(({ name }) => name === field);
        if (field != null && asked.length === 0) throw badCondition(`${type} declares no such reference.`);
        return asked.map(({ name }) => ({ field: name, ids: referencedIds(data, name) }));
      },
    }),
    revision: t.exposeInt('revision', { description: 'Grows with every change.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime' }),
    publishedAt: t.expose('publishedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was last published.',
    }),
  }),
});

import { builder } from '../../graphql/builder.ts';
import { localId } from '../../graphql/global-id.ts';
import { found } from '../../graphql/not-found.ts';
import { OrderDirection } from '../../graphql/order-direction.ts';
import { locale as ownLocale } from '../../tenancy/locale.ts';
import { optionValue } from '../../tenancy/option.ts';
import {
  ContentBooleanCondition,
  ContentDateTimeCondition,
  ContentNumberCondition,
  ContentReferenceCondition,
  ContentTextCondition,
} from './condition-graphql.ts';
import { CONTENT_ITEM } from './content-item.ts';
import { ContentItemObject, ContentStatusEnum } from './content-item-graphql.ts';
import * as input from './content-item-input.ts';
import { contentItemStore } from './content-item-store.ts';
import { isTypeName } from './field-name.ts';
import { ITEM_ORDERS, listItems } from './item-list.ts';

const subGraphs = ['content'];

const ContentFieldCondition = builder.inputType('ContentFieldCondition', {
  description: 'The one that fits the kind of the field. On a list: what one of its members must meet.',
  isOneOf: true,
  fields: (t) => ({
    text: t.field({ type: ContentTextCondition }),
    number: t.field({ type: ContentNumberCondition }),
    boolean: t.field({ type: ContentBooleanCondition }),
    dateTime: t.field({ type: ContentDateTimeCondition }),
    reference: t.field({ type: ContentReferenceCondition }),
  }),
});

const ContentFieldFilter = builder.inputType('ContentFieldFilter', {
  fields: (t) => ({
    field: t.string({ required: true, description: 'A field the type declares.' }),
    condition: t.field({ type: ContentFieldCondition, required: true }),
  }),
});

const ContentItemFilter = builder.inputType('ContentItemFilter', {
  description: 'Everything that is given must hold.',
  fields: (t) => ({
    type: t.string({ description: 'Name of a content type; `fields` needs it.' }),
    locale: t.string(),
    status: t.field({
      type: ContentStatusEnum,
      description: 'Deleted items are listed only when asked for.',
    }),
    slug: t.string(),
    title: t.field({ type: ContentTextCondition }),
    createdAt: t.field({ type: ContentDateTimeCondition }),
    updatedAt: t.field({ type: ContentDateTimeCondition }),
    publishedAt: t.field({ type: ContentDateTimeCondition }),
    fields: t.field({ type: [ContentFieldFilter] }),
  }),
});

const ContentItemOrder = builder.inputType('ContentItemOrder', {
  description: 'By `field` or by `dataField`.',
  fields: (t) => ({
    field: t.field({
      type: builder.enumType('ContentItemOrderField', {
        values: Object.keys(ITEM_ORDERS) as (keyof typeof ITEM_ORDERS)[],
      }),
    }),
    dataField: t.string({ description: 'A field declared by the type the filter names.' }),
    direction: t.field({ type: OrderDirection, required: true, defaultValue: 'ASC' }),
  }),
});

builder.queryFields((t) => ({
  contentItem: t.field({
    type: ContentItemObject,
    nullable: true,
    subGraphs,
    args: { id: t.arg.id({ required: true }) },
    resolve: async (_root, { id }, { scope }) =>
      found(await contentItemStore(scope).byId(found(localId(CONTENT_ITEM, id)))),
  }),
  contentItemBySlug: t.field({
    type: ContentItemObject,
    nullable: true,
    subGraphs,
    args: {
      type: t.arg.string({ required: true }),
      slug: t.arg.string({ required: true }),
      locale: t.arg.string({ description: "The tenant's locale when absent." }),
    },
    resolve: async (_root, { type, slug, locale: given }, { scope }) => {
      const locale = given ?? optionValue(ownLocale, scope.optionLayers);
      const canExist =
        isTypeName(type) && input.slug.safeParse(slug).success && input.locale.safeParse(locale).success;
      return found(canExist ? await contentItemStore(scope).bySlug({ type, slug, locale }) : null);
    },
  }),
  contentItems: t.connection(
    {
      type: ContentItemObject,
      subGraphs,
      nullable: true,
      description: 'Oldest first, if no other order is asked for.',
      args: { filter: t.arg({ type: ContentItemFilter }), orderBy: t.arg({ type: ContentItemOrder }) },
      resolve: (_root, args, { scope }) => listItems(scope, args),
    },
    {
      name: 'ContentItemConnection',
      fields: (t) => ({ totalCount: t.int({ resolve: (connection) => connection.totalCount() }) }),
    },
    { name: 'ContentItemEdge' },
  ),
}));

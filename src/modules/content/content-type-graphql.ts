import { builder } from '../../graphql/builder.ts';
import { found } from '../../graphql/not-found.ts';
import { OrderDirection } from '../../graphql/order-direction.ts';
import { ContentTextCondition } from './condition-graphql.ts';
import { textOperators } from './conditions.ts';
import { contentTypeStore } from './content-type-store.ts';
import type { ContentType, DeclaredField, FieldKind } from './content-type.ts';

const subGraphs = ['content'];

export const ContentFieldKind = builder.enumType('ContentFieldKind', {
  description: 'What the values of a field are.',
  values: {
    TEXT: { description: 'One line of text.' },
    RICH_TEXT: { description: 'Text of several lines; markup is kept as it is.' },
    NUMBER: {},
    BOOLEAN: {},
    DATE_TIME: { description: 'As in RFC 3339.' },
    ENUMERATION: { description: 'One of the declared options.' },
    LIST: { description: 'Values of one other kind.' },
    REFERENCE: { description: 'The id of an item of the declared type.' },
    JSON: { description: 'Any JSON, kept as it is; cannot be compared or sorted by.' },
  } satisfies Record<FieldKind, { description?: string }>,
});

const ContentField = builder.objectRef<DeclaredField>('ContentField').implement({
  subGraphs,
  description: 'A field that items of a type may have.',
  fields: (t) => ({
    name: t.exposeString('name'),
    kind: t.expose('kind', { type: ContentFieldKind }),
    isRequired: t.exposeBoolean('isRequired'),
    options: t.stringList({
      description: 'The values of an enumeration.',
      resolve: ({ options }) => options,
    }),
    of: t.expose('of', {
      type: ContentFieldKind,
      nullable: true,
      description: 'The kind of the members of a list.',
    }),
    referenceTo: t.exposeString('referenceTo', {
      nullable: true,
      description: 'The type a reference leads to.',
    }),
    maxLength: t.exposeInt('maxLength', { nullable: true, description: 'Most characters of a text.' }),
  }),
});

export const ContentTypeObject = builder.node(builder.objectRef<ContentType>('ContentType'), {
  name: 'ContentType',
  subGraphs,
  description: 'A kind of content, declared by this tenant.',
  id: { resolve: ({ _id }) => _id },
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Unique and immutable.' }),
    description: t.exposeString('description', { nullable: true }),
    fields: t.field({
      type: [ContentField],
      complexity: { field: 1, multiplier: 5 },
      resolve: ({ fields }) => fields,
    }),
    revision: t.exposeInt('revision', { description: 'Grows with every change.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime' }),
  }),
});

const ContentTypeFilter = builder.inputType('ContentTypeFilter', {
  fields: (t) => ({ name: t.field({ type: ContentTextCondition }) }),
});

const ContentTypeOrder = builder.inputType('ContentTypeOrder', {
  fields: (t) => ({
    field: t.field({
      required: true,
      type: builder.enumType('ContentTypeOrderField', {
        values: {
          CREATED_AT: { value: 'createdAt' },
          UPDATED_AT: { value: 'updatedAt' },
          NAME: { value: 'name' },
        } as const,
      }),
    }),
    direction: t.field({ type: OrderDirection, required: true, defaultValue: 'ASC' }),
  }),
});

builder.queryFields((t) => ({
  contentType: t.field({
    type: ContentTypeObject,
    nullable: true,
    subGraphs,
    args: { name: t.arg.string({ required: true }) },
    resolve: async (_root, { name }, { scope }) => found(await contentTypeStore(scope).byName(name)),
  }),
  contentTypes: t.connection(
    {
      type: ContentTypeObject,
      subGraphs,
      nullable: true,
      args: { filter: t.arg({ type: ContentTypeFilter }), orderBy: t.arg({ type: ContentTypeOrder }) },
      resolve: (_root, { filter, orderBy, ...page }, { scope }) =>
        contentTypeStore(scope).page(
          filter?.name == null ? {} : { name: textOperators(filter.name) },
          { path: orderBy?.field ?? 'name', direction: orderBy?.direction ?? 'ASC' },
          page,
        ),
    },
    {
      name: 'ContentTypeConnection',
      fields: (t) => ({ totalCount: t.int({ resolve: (connection) => connection.totalCount() }) }),
    },
    { name: 'ContentTypeEdge' },
  ),
}));

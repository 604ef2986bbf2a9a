import { builder } from '../../graphql/builder.ts';
import { localId } from '../../graphql/global-id.ts';
import { found } from '../../graphql/not-found.ts';
import { OrderDirection } from '../../graphql/order-direction.ts';
import type { ApiResource, ResourceScope } from './resource.ts';
import { resourceStore } from './store.ts';

const subGraphs = ['resources'];

const ApiResourceScope = builder.objectRef<ResourceScope>('ApiResourceScope').implement({
  subGraphs,
  description: 'Something a client may ask for at a resource.',
  fields: (t) => ({
    name: t.exposeString('name'),
    description: t.exposeString('description', { nullable: true }),
  }),
});

export const ApiResourceObject = builder.node(builder.objectRef<ApiResource>('ApiResource'), {
  name: 'ApiResource',
  subGraphs,
  description: "An API that accepts tokens of this tenant's identity provider.",
  id: { resolve: ({ _id }) => _id },
  fields: (t) => ({
    name: t.exposeString('name'),
    audience: t.exposeString('audience', { description: '`aud` of its tokens.' }),
    scopes: t.field({
      type: [ApiResourceScope],
      complexity: { field: 1, multiplier: 5 },
      resolve: ({ scopes }) => scopes,
    }),
    revision: t.exposeInt('revision', { description: 'Grows with every change.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime' }),
  }),
});

const ApiResourceFilter = builder.inputType('ApiResourceFilter', {
  subGraphs,
  fields: (t) => ({
    namePrefix: t.string({ description: 'Names that start with this; case counts.' }),
    audience: t.string({ description: 'The resource of exactly this audience.' }),
  }),
});

const ApiResourceOrder = builder.inputType('ApiResourceOrder', {
  subGraphs,
  fields: (t) => ({
    field: t.field({
      required: true,
      type: builder.enumType('ApiResourceOrderField', {
        subGraphs,
        values: {
          CREATED_AT: { value: 'createdAt' },
          NAME: { value: 'name' },
          AUDIENCE: { value: 'audience' },
        } as const,
      }),
    }),
    direction: t.field({ type: OrderDirection, required: true, defaultValue: 'ASC' }),
  }),
});

builder.queryFields((t) => ({
  resource: t.field({
    type: ApiResourceObject,
    nullable: true,
    subGraphs,
    args: { id: t.arg.id({ required: true }) },
    resolve: async (_root, args, { scope }) => {
      const id = found(localId('ApiResource', args.id));
      return found(await resourceStore(scope).byId(id));
    },
  }),
  resources: t.connection(
    {
      type: ApiResourceObject,
      subGraphs,
      nullable: true,
      args: { filter: t.arg({ type: ApiResourceFilter }), orderBy: t.arg({ type: ApiResourceOrder }) },
      resolve: (_root, { filter, orderBy, ...page }, { scope }) =>
        resourceStore(scope).page(filter ?? {}, page, {
          path: orderBy?.field ?? 'createdAt',
          direction: orderBy?.direction ?? 'ASC',
        }),
    },
    {
      name: 'ApiResourceConnection',
      subGraphs,
      fields: (t) => ({ totalCount: t.int({ resolve: (connection) => connection.totalCount() }) }),
    },
    { name: 'ApiResourceEdge', subGraphs },
  ),
}));

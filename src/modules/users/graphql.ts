import { builder } from '../../graphql/builder.ts';
import { APPLICATION_TENANT, localId } from '../../graphql/global-id.ts';
import { found } from '../../graphql/not-found.ts';
import { OrderDirection } from '../../graphql/order-direction.ts';
import { userStore } from './store.ts';
import { type KnownUser, USER_STATUSES } from './user.ts';

const subGraphs = ['users'];

const UserStatus = builder.enumType('UserStatus', { subGraphs, values: USER_STATUSES });

export const UserObject = builder.node(builder.objectRef<KnownUser>('User'), {
  name: 'User',
  subGraphs,
  description: "A person who signs in to this tenant's applications.",
  id: { resolve: ({ _id }) => _id },
  fields: (t) => ({
    subject: t.exposeID('_id', { description: "OpenID Connect's `sub`." }),
    email: t.exposeString('email', { description: 'Unique among the users of its application tenant.' }),
    name: t.exposeString('name', { nullable: true }),
    isEmailVerified: t.exposeBoolean('isEmailVerified', {
      description: 'True once a link that was sent there was followed.',
    }),
    hasPassword: t.exposeBoolean('hasPassword'),
    status: t.expose('status', { type: UserStatus }),
    scopes: t.exposeStringList('scopes', {
      description: 'What a token of this user can carry at this gateway; the client must have it too.',
    }),
    lastSignInAt: t.expose('lastSignInAt', { type: 'DateTime', nullable: true }),
    revision: t.exposeInt('revision', { description: 'Grows with every change.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime' }),
  }),
});

const UserFilterInput = builder.inputType('UserFilter', {
  subGraphs,
  fields: (t) => ({
    email: t.string({ description: 'This very address; case does not count.' }),
    status: t.field({ type: UserStatus }),
    applicationTenant: t.id({ description: 'Users of this application tenant.' }),
  }),
});

const UserOrder = builder.inputType('UserOrder', {
  subGraphs,
  fields: (t) => ({
    field: t.field({
      required: true,
      type: builder.enumType('UserOrderField', {
        subGraphs,
        values: { CREATED_AT: { value: 'createdAt' }, EMAIL: { value: 'emailKey' } } as const,
      }),
    }),
    direction: t.field({ type: OrderDirection, required: true, defaultValue: 'ASC' }),
  }),
});

builder.queryFields((t) => ({
  user: t.field({
    type: UserObject,
    nullable: true,
    subGraphs,
    args: { id: t.arg.id({ required: true }) },
    resolve: async (_root, args, { scope }) =>
      found(await userStore(scope).byId(found(localId('User', args.id)))),
  }),
  users: t.connection(
    {
      type: UserObject,
      subGraphs,
      nullable: true,
      args: { filter: t.arg({ type: UserFilterInput }), orderBy: t.arg({ type: UserOrder }) },
      resolve: (_root, { filter, orderBy, ...page }, { scope }) =>
        userStore(scope).page(
          {
            ...filter,
            // An id of nothing is an application tenant without users.
            ...(filter?.applicationTenant == null
              ? {}
              : { applicationTenant: localId(APPLICATION_TENANT, filter.applicationTenant) ?? 'nobody' }),
          },
          page,
          { path: orderBy?.field ?? 'createdAt', direction: orderBy?.direction ?? 'ASC' },
        ),
    },
    {
      name: 'UserConnection',
      subGraphs,
      fields: (t) => ({ totalCount: t.int({ resolve: (connection) => connection.totalCount() }) }),
    },
    { name: 'UserEdge', subGraphs },
  ),
}));

import { builder } from '../../graphql/builder.ts';
import { encodeGlobalId, localId } from '../../graphql/global-id.ts';
import { found } from '../../graphql/not-found.ts';
import { OrderDirection } from '../../graphql/order-direction.ts';
import { ApiResourceObject } from '../resources/graphql.ts';
import { resourceStore } from '../resources/store.ts';
import type { ClientWarning } from './client-form.ts';
import { AUTH_METHODS, CLIENT_KINDS, CLIENT_TYPES, GRANT_TYPES } from './client-type.ts';
import { type Grant, type KnownClient, type KnownSecret, scopesAt } from './client.ts';
import { clientStore } from './store.ts';

const subGraphs = ['clients'];

export const ClientKind = builder.enumType('ClientKind', {
  subGraphs,
  description: 'Whether a client can keep a secret.',
  values: CLIENT_KINDS,
});

export const ClientTypeEnum = builder.enumType('ClientType', {
  subGraphs,
  description: 'What kind of application a client is. SPA and NATIVE keep no secret; MACHINE has no users.',
  values: CLIENT_TYPES,
});

export const GrantTypeEnum = builder.enumType('GrantType', {
  subGraphs,
  description: 'How a client may come by tokens.',
  values: GRANT_TYPES,
});

export const AuthMethodEnum = builder.enumType('ClientAuthMethod', {
  subGraphs,
  description: 'How a client proves who it is; with a secret, in the header or in the form alike.',
  values: AUTH_METHODS,
});

export const ClientWarningObject = builder.objectRef<ClientWarning>('ClientWarning').implement({
  subGraphs,
  description: 'Something that is allowed and worth a second look. The change was made.',
  fields: (t) => ({
    message: t.exposeString('message', { description: 'For people; may change.' }),
    path: t.exposeStringList('path', { description: 'From the input to the value.' }),
  }),
});

const ClientSecret = builder.objectRef<KnownSecret>('ClientSecret').implement({
  subGraphs,
  description: 'A credential of a client. The secret itself is shown once, by the mutation that makes it.',
  fields: (t) => ({
    id: t.id({ resolve: ({ id }) => encodeGlobalId('ClientSecret', id) }),
    prefix: t.exposeString('prefix', { description: 'First characters, to tell secrets apart.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', nullable: true }),
    lastUsedAt: t.expose('lastUsedAt', { type: 'DateTime', nullable: true }),
  }),
});

const ClientGrant = builder.objectRef<Grant & { resource: string }>('ClientGrant').implement({
  subGraphs,
  description: 'What a client may ask for at an API resource.',
  fields: (t) => ({
    resource: t.field({
      type: ApiResourceObject,
      nullable: true,
      description: 'Null when it is gone, or not for this caller.',
      resolve: ({ resource }, _args, { scope }) => resourceStore(scope).byId(resource),
    }),
    scopes: t.exposeStringList('scopes'),
  }),
});

export const ClientObject = builder.node(builder.objectRef<KnownClient>('Client'), {
  name: 'Client',
  subGraphs,
  description: "An application that asks this tenant's identity provider for tokens.",
  id: { resolve: ({ _id }) => _id },
  fields: (t) => ({
    clientId: t.exposeID('_id', { description: "OAuth's `client_id`." }),
    name: t.exposeString('name'),
    description: t.exposeString('description', { nullable: true }),
    kind: t.expose('kind', { type: ClientKind }),
    type: t.expose('type', { type: ClientTypeEnum }),
    redirectUris: t.exposeStringList('redirectUris'),
    postLogoutRedirectUris: t.exposeStringList('postLogoutRedirectUris', {
      description: 'Where a browser may be sent after signing out.',
    }),
    grantTypes: t.expose('grantTypes', { type: [GrantTypeEnum] }),
    authMethod: t.expose('authMethod', { type: AuthMethodEnum }),
    jwks: t.field({
      type: ['JSON'],
      description: 'Public keys (RFC 7517) that PRIVATE_KEY_JWT is verified with.',
      resolve: ({ jwks }) => jwks,
    }),
    isMultiTenant: t.exposeBoolean('isMultiTenant', {
      description: 'Whether it serves application tenants, each with people of its own.',
    }),
    scopes: t.stringList({
      description: 'What it may ask for at this gateway.',
      resolve: (client) => [...scopesAt(client, null)],
    }),
    grants: t.field({
      type: [ClientGrant],
      description: 'What it may ask for at API resources.',
      complexity: { field: 1, multiplier: 3 },
      resolve: ({ grants }) =>
        grants.filter((grant): grant is Grant & { resource: string } => grant.resource !== null),
    }),
    secrets: t.field({
      type: [ClientSecret],
      complexity: { field: 1, multiplier: 3 },
      resolve: ({ secrets }) => secrets,
    }),
    revision: t.exposeInt('revision', { description: 'Grows with every change.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime' }),
  }),
});

const ClientFilter = builder.inputType('ClientFilter', {
  subGraphs,
  fields: (t) => ({
    namePrefix: t.string({ description: 'Names that start with this; case counts.' }),
    kind: t.field({ type: ClientKind }),
  }),
});

const ClientOrder = builder.inputType('ClientOrder', {
  subGraphs,
  fields: (t) => ({
    field: t.field({
      required: true,
      type: builder.enumType('ClientOrderField', {
        subGraphs,
        values: { CREATED_AT: { value: 'createdAt' }, NAME: { value: 'name' } } as const,
      }),
    }),
    direction: t.field({ type: OrderDirection, required: true, defaultValue: 'ASC' }),
  }),
});

builder.queryFields((t) => ({
  client: t.field({
    type: ClientObject,
    nullable: true,
    subGraphs,
    args: { id: t.arg.id({ required: true }) },
    resolve: async (_root, args, { scope }) => {
      const id = found(localId('Client', args.id));
      return found(await clientStore(scope).byId(id));
    },
  }),
  clients: t.connection(
    {
      type: ClientObject,
      subGraphs,
      nullable: true,
      args: { filter: t.arg({ type: ClientFilter }), orderBy: t.arg({ type: ClientOrder }) },
      resolve: (_root, { filter, orderBy, ...page }, { scope }) =>
        clientStore(scope).page(filter ?? {}, page, {
          path: orderBy?.field ?? 'createdAt',
          direction: orderBy?.direction ?? 'ASC',
        }),
    },
    {
      name: 'ClientConnection',
      subGraphs,
      fields: (t) => ({ totalCount: t.int({ resolve: (connection) => connection.totalCount() }) }),
    },
    { name: 'ClientEdge', subGraphs },
  ),
}));

import { builder } from '../../graphql/builder.ts';
import { APPLICATION_TENANT, localId } from '../../graphql/global-id.ts';
import { found } from '../../graphql/not-found.ts';
import { OrderDirection } from '../../graphql/order-direction.ts';
import { valuesByPath } from '../../tenancy/option.ts';
import { ClientObject } from '../clients/graphql.ts';
import { clientStore } from '../clients/store.ts';
import { Settings } from '../settings/graphql.ts';
import { type ApplicationTenant, APPLICATION_TENANT_STATUSES } from './application-tenant.ts';
import { applicationTenantStore } from './store.ts';

const subGraphs = ['application-tenants'];

const ApplicationTenantStatus = builder.enumType('ApplicationTenantStatus', {
  subGraphs,
  values: APPLICATION_TENANT_STATUSES,
});

export const ApplicationTenantObject = builder.node(
  builder.objectRef<ApplicationTenant>(APPLICATION_TENANT),
  {
    name: APPLICATION_TENANT,
    subGraphs,
    description:
      "A customer of one of this tenant's multi-tenant applications. Its users and content meet no other's.",
    id: { resolve: ({ _id }) => _id },
    fields: (t) => ({
      identifier: t.exposeString('identifier', {
        description: 'Unique within the tenant. What `app_tenant` names when people sign in.',
      }),
      name: t.exposeString('name'),
      application: t.field({
        type: ClientObject,
        nullable: true,
        description: 'The multi-tenant client it belongs to.',
        resolve: ({ application }, _args, { scope }) => clientStore(scope).byId(application),
      }),
      status: t.expose('status', { type: ApplicationTenantStatus }),
      settings: t.field({
        type: Settings,
        nullable: true,
        description: "The values in force: its own, else the tenant's, else the platform's.",
        resolve: ({ settings, revision }, _args, { scope }) => ({
          layers: [scope.tenant.settings, valuesByPath(settings)],
          revision,
        }),
      }),
      revision: t.exposeInt('revision', { description: 'Grows with every change.' }),
      createdAt: t.expose('createdAt', { type: 'DateTime' }),
      updatedAt: t.expose('updatedAt', { type: 'DateTime' }),
    }),
  },
);

const ApplicationTenantFilter = builder.inputType('ApplicationTenantFilter', {
  subGraphs,
  fields: (t) => ({
    application: t.id({ description: 'Those of this client.' }),
    identifier: t.string(),
    status: t.field({ type: ApplicationTenantStatus }),
  }),
});

const ApplicationTenantOrder = builder.inputType('ApplicationTenantOrder', {
  subGraphs,
  fields: (t) => ({
    field: t.field({
      required: true,
      type: builder.enumType('ApplicationTenantOrderField', {
        subGraphs,
        values: { CREATED_AT: { value: 'createdAt' }, IDENTIFIER: { value: 'identifier' } } as const,
      }),
    }),
    direction: t.field({ type: OrderDirection, required: true, defaultValue: 'ASC' }),
  }),
});

builder.queryFields((t) => ({
  applicationTenant: t.field({
    type: ApplicationTenantObject,
    nullable: true,
    subGraphs,
    args: { id: t.arg.id({ required: true }) },
    resolve: async (_root, args, { scope }) =>
      found(await applicationTenantStore(scope).byId(found(localId(APPLICATION_TENANT, args.id)))),
  }),
  applicationTenants: t.connection(
    {
      type: ApplicationTenantObject,
      subGraphs,
      nullable: true,
      args: {
        filter: t.arg({ type: ApplicationTenantFilter }),
        orderBy: t.arg({ type: ApplicationTenantOrder }),
      },
      resolve: (_root, { filter, orderBy, ...page }, { scope }) =>
        applicationTenantStore(scope).page(
          {
            identifier: filter?.identifier,
            status: filter?.status,
            // An id of nothing is a client without any.
            ...(filter?.application == null
              ? {}
              : { application: localId('Client', filter.application) ?? 'none' }),
          },
          page,
          { path: orderBy?.field ?? 'createdAt', direction: orderBy?.direction ?? 'ASC' },
        ),
    },
    {
      name: 'ApplicationTenantConnection',
      subGraphs,
      fields: (t) => ({ totalCount: t.int({ resolve: (connection) => connection.totalCount() }) }),
    },
    { name: 'ApplicationTenantEdge', subGraphs },
  ),
}));

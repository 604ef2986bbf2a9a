import { builder } from '../../graphql/builder.ts';
import { UserObject } from '../users/graphql.ts';
import { ApplicationTenantObject } from './graphql.ts';
import { applicationTenantStore } from './store.ts';

builder.objectField(UserObject, 'applicationTenant', (t) =>
  t.field({
    type: ApplicationTenantObject,
    nullable: true,
    subGraphs: ['application-tenants'],
    description: "Whose user it is; null: the tenant's own.",
    resolve: ({ applicationTenant }, _args, { scope }) =>
      applicationTenant === null ? null : applicationTenantStore(scope).byId(applicationTenant),
  }),
);

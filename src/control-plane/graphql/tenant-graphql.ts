import { PLACEMENT_MODES, TENANT_STATUSES } from '../../tenancy/tenant.ts';
import { aliasesOf, type TenantRecord } from '../tenant-record.ts';
import { platformBuilder } from './builder.ts';

const TenantStatusEnum = platformBuilder.enumType('TenantStatus', { values: TENANT_STATUSES });

export const PlacementModeEnum = platformBuilder.enumType('PlacementMode', { values: PLACEMENT_MODES });

const PlacementObject = platformBuilder.objectRef<TenantRecord>('Placement').implement({
  description: 'Where the data lives. A connection string never comes back.',
  fields: (t) => ({
    mode: t.field({ type: PlacementModeEnum, resolve: ({ placement }) => placement.mode }),
    cluster: t.string({ resolve: ({ placement }) => placement.cluster }),
    database: t.string({ resolve: ({ placement }) => placement.database }),
    epoch: t.int({ resolve: ({ placement }) => placement.epoch }),
  }),
});

export const TenantObject = platformBuilder.objectRef<TenantRecord>('Tenant').implement({
  fields: (t) => ({
    id: t.exposeID('_id'),
    identifier: t.exposeString('identifier'),
    aliases: t.stringList({ resolve: aliasesOf }),
    name: t.exposeString('name'),
    status: t.expose('status', { type: TenantStatusEnum }),
    graphqlUrl: t.string({
      resolve: ({ identifier }, _args, { platform }) => `${platform.publicUrl}/t/${identifier}/graphql`,
    }),
    issuer: t.exposeString('issuer'),
    modules: t.exposeStringList('modules'),
    placement: t.field({ type: PlacementObject, nullable: true, resolve: (record) => record }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime' }),
  }),
});

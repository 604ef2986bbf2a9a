import { PLACEMENT_MODES, TENANT_STATUSES } from '../../tenancy/tenant.ts';
import type { Deletion, DroppedData } from '../deletion-record.ts';
import { aliasesOf, type TenantRecord } from '../tenant-record.ts';
import { platformBuilder } from './builder.ts';

export const TenantStatusEnum = platformBuilder.enumType('TenantStatus', { values: TENANT_STATUSES });

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

const DroppedCollection = platformBuilder
  .objectRef<DroppedData['collections'][number]>('DroppedCollection')
  .implement({
    fields: (t) => ({
      name: t.exposeString('name'),
      documents: t.exposeInt('documents', { description: 'As the server counted them.' }),
    }),
  });

const DroppedDataObject = platformBuilder.objectRef<DroppedData>('DroppedData').implement({
  description: 'What a tenant had in its database.',
  fields: (t) => ({
    database: t.exposeString('database'),
    collections: t.field({ type: [DroppedCollection], resolve: ({ collections }) => collections }),
    namespaces: t.exposeInt('namespaces', { description: 'Collections and indexes, free again for others.' }),
  }),
});

const DeletionObject = platformBuilder.objectRef<Deletion>('Deletion').implement({
  description: 'The record of a deletion.',
  fields: (t) => ({
    requestedAt: t.expose('requestedAt', { type: 'DateTime' }),
    requestedBy: t.exposeString('requestedBy', { description: 'Subject of the operator.' }),
    dueAt: t.expose('dueAt', { type: 'DateTime', description: 'Until then the tenant can be restored.' }),
    startedAt: t.expose('startedAt', { type: 'DateTime', nullable: true }),
    finishedAt: t.expose('finishedAt', { type: 'DateTime', nullable: true }),
    dropped: t.expose('dropped', { type: DroppedDataObject, nullable: true }),
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
    deletion: t.expose('deletion', { type: DeletionObject, nullable: true }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime' }),
  }),
});

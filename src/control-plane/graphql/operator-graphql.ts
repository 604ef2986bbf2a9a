import { found } from '../../graphql/not-found.ts';
import { pageOf } from '../../graphql/paging.ts';
import { withUserErrors } from '../../graphql/user-errors.ts';
import type { TenantIdentifier } from '../../tenancy/tenant.ts';
import type { Lifecycle } from '../lifecycle.ts';
import { platformBuilder } from './builder.ts';
import { tenantPayload } from './payload.ts';
import { TenantObject, TenantStatusEnum } from './tenant-graphql.ts';

const TenantFilter = platformBuilder.inputType('TenantFilter', {
  fields: (t) => ({ status: t.field({ type: [TenantStatusEnum], description: 'In one of these.' }) }),
});

platformBuilder.queryFields((t) => ({
  tenants: t.connection(
    {
      type: TenantObject,
      description: 'Tenants in the order of their registration; of every status unless filtered.',
      args: { filter: t.arg({ type: TenantFilter }) },
      resolve: (_root, { filter, ...page }, { platform }) =>
        pageOf(platform.control.tenants, {
          filter: filter?.status == null ? {} : { status: { $in: filter.status } },
          order: { path: '_id', direction: 'ASC' },
          page,
          list: 'platform tenants',
        }),
    },
    {
      name: 'TenantConnection',
      fields: (fields) => ({
        totalCount: fields.int({
          resolve: (page) => (page as unknown as { totalCount(): Promise<number> }).totalCount(),
        }),
      }),
    },
    { name: 'TenantEdge' },
  ),
  tenant: t.field({
    type: TenantObject,
    nullable: true,
    args: { id: t.arg.id({ required: true }) },
    resolve: async (_root, { id }, { platform }) =>
      found(await platform.control.tenants.findOne({ _id: id })),
  }),
  tenantByIdentifier: t.field({
    type: TenantObject,
    nullable: true,
    args: { identifier: t.arg.string({ required: true }) },
    resolve: async (_root, { identifier }, { platform }) =>
      found(await platform.control.tenants.findOne({ names: identifier as TenantIdentifier })),
  }),
}));

/** The two that only move a tenant between statuses are made alike. */
function statusMutation(
  name: 'suspendTenant' | 'resumeTenant',
  step: 'suspend' | 'resume',
  description: string,
): void {
  platformBuilder.relayMutationField(
    name,
    { inputFields: (t) => ({ id: t.id({ required: true }) }) },
    {
      description,
      resolve: (_root, { input }, { platform }) =>
        withUserErrors(async () => ({
          record: await (platform.lifecycle satisfies Lifecycle)[step](input.id),
        })),
    },
    tenantPayload,
  );
}

statusMutation('suspendTenant', 'suspend', 'Takes a tenant out of service within a second, on every node.');
statusMutation('resumeTenant', 'resume', 'Puts a suspended tenant back into service.');

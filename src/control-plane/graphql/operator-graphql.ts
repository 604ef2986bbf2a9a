import { found } from '../../graphql/not-found.ts';
import { pageOf } from '../../graphql/paging.ts';
import { withUserErrors } from '../../graphql/user-errors.ts';
import { userError } from '../../lib/user-error.ts';
import type { TenantIdentifier } from '../../tenancy/tenant.ts';
import type { Lifecycle } from '../lifecycle.ts';
import { platformBuilder } from './builder.ts';
import { TenantObject } from './tenant-graphql.ts';
import { PlatformUserError } from './user-error-graphql.ts';

platformBuilder.queryFields((t) => ({
  tenants: t.connection(
    {
      type: TenantObject,
      description: 'Tenants of every status, in the order of their registration.',
      resolve: (_root, args, { platform }) =>
        pageOf(platform.control.tenants, {
          filter: {},
          order: { path: '_id', direction: 'ASC' },
          page: args,
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

/** The three that only move a tenant between statuses are made alike. */
function statusMutation(
  name: 'suspendTenant' | 'resumeTenant' | 'deleteTenant',
  step: 'suspend' | 'resume' | 'delete',
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
    {
      outputFields: (t) => ({
        tenant: t.field({ type: TenantObject, nullable: true, resolve: ({ record }) => record ?? null }),
        userErrors: t.field({ type: [PlatformUserError], resolve: ({ userErrors }) => userErrors }),
      }),
    },
  );
}

statusMutation('suspendTenant', 'suspend', 'Takes a tenant out of service within a second, on every node.');
statusMutation('resumeTenant', 'resume', 'Puts a suspended tenant back into service.');
statusMutation('deleteTenant', 'delete', 'Deletes all data of a tenant. Its identifier stays in quarantine.');

platformBuilder.relayMutationField(
  'releaseIdentifier',
  { inputFields: (t) => ({ identifier: t.string({ required: true }) }) },
  {
    description: 'Ends the quarantine of an identifier of a deleted tenant.',
    resolve: (_root, { input }, { platform }) =>
      withUserErrors(async () => {
        if (await platform.lifecycle.releaseIdentifier(input.identifier))
          return { identifier: input.identifier };
        throw userError('INVALID', 'No deleted tenant holds this identifier.', 'identifier');
      }),
  },
  {
    outputFields: (t) => ({
      identifier: t.string({ nullable: true, resolve: ({ identifier }) => identifier ?? null }),
      userErrors: t.field({ type: [PlatformUserError], resolve: ({ userErrors }) => userErrors }),
    }),
  },
);

import { z } from 'zod';
import { builder } from '../../graphql/builder.ts';
import { nounPayload } from '../../graphql/payload.ts';
import { line } from '../../graphql/text-input.ts';
import { parseInput, withUserErrors } from '../../graphql/user-errors.ts';
import { TENANT_STATUSES, type Tenant } from '../../tenancy/tenant.ts';

const TenantStatusEnum = builder.enumType('TenantStatus', { values: TENANT_STATUSES });

/** The caller's tenant. There is no other one in this schema. */
export const TenantObject = builder.objectRef<Tenant>('Tenant').implement({
  fields: (t) => ({
    id: t.exposeID('id', { nullable: true, description: 'Immutable UUID; for members only.' }),
    identifier: t.exposeString('identifier', { description: 'Public name in hosts and URL prefixes.' }),
    name: t.exposeString('name'),
    status: t.expose('status', { type: TenantStatusEnum, nullable: true }),
    hosts: t.stringList({
      nullable: true,
      description:
        'Hosts this tenant answers to: that of its identifier, those of its aliases, its own verified ones.',
      resolve: ({ identifier, aliases, hosts }, _args, { scope }) => [
        ...[identifier, ...aliases].map((name) => `${name}.${scope.platform.baseDomain}`),
        ...hosts,
      ],
    }),
  }),
});

builder.queryField('tenant', (t) =>
  t.field({
    type: TenantObject,
    subGraphs: ['core'],
    description: 'The tenant this request belongs to.',
    resolve: (_root, _args, { scope }) => scope.tenant,
  }),
);

const UpdateTenant = z.object({ name: line(120) });

builder.relayMutationField(
  'updateTenant',
  { inputFields: (t) => ({ name: t.string({ required: true, description: 'At most 120 characters.' }) }) },
  {
    subGraphs: ['core'],
    nullable: true,
    description: 'Changes the name people see.',
    resolve: (_root, { input }, { scope }) =>
      withUserErrors(async () => {
        const { name } = parseInput(UpdateTenant, input);
        return { tenant: await scope.registration.changeName(name) };
      }),
  },
  nounPayload('tenant', TenantObject),
);

builder.relayMutationField(
  'renameTenant',
  { inputFields: (t) => ({ identifier: t.string({ required: true }) }) },
  {
    subGraphs: ['core'],
    nullable: true,
    description:
      'Changes the identifier. The old one keeps working as an alias, and the issuer never changes.',
    resolve: (_root, { input }, { scope }) =>
      withUserErrors(async () => ({ tenant: await scope.registration.rename(input.identifier) })),
  },
  nounPayload('tenant', TenantObject),
);

import { builder } from '../../graphql/builder.ts';
import { userErrorsField } from '../../graphql/payload.ts';
import { withUserErrors } from '../../graphql/user-errors.ts';
import type { OwnHost } from '../../tenancy/own-host.ts';
import { TenantObject } from './tenant-graphql.ts';

const DnsRecordTypeEnum = builder.enumType('DnsRecordType', { values: ['TXT'] as const });

const DnsRecordObject = builder.objectRef<OwnHost['record']>('DnsRecord').implement({
  description: 'What to set in DNS to prove that a host is yours.',
  fields: (t) => ({
    type: t.field({ type: DnsRecordTypeEnum, resolve: () => 'TXT' as const }),
    name: t.exposeString('name'),
    value: t.exposeString('value'),
  }),
});

const TenantHostObject = builder.objectRef<OwnHost>('TenantHost').implement({
  description: 'A host of your own. Until it is verified it leads to nothing.',
  fields: (t) => ({
    host: t.exposeString('host'),
    isVerified: t.exposeBoolean('isVerified'),
    record: t.expose('record', { type: DnsRecordObject }),
  }),
});

builder.objectField(TenantObject, 'ownHosts', (t) =>
  t.field({
    type: [TenantHostObject],
    nullable: true,
    description: 'Hosts added with `addTenantHost`, verified or not.',
    resolve: (_root, _args, { scope }) => scope.registration.hosts.all(),
  }),
);

/** The two that answer the host are made alike. */
function hostMutation(
  name: 'addTenantHost' | 'verifyTenantHost',
  step: 'add' | 'verify',
  description: string,
): void {
  builder.relayMutationField(
    name,
    { inputFields: (t) => ({ host: t.string({ required: true }) }) },
    {
      subGraphs: ['core'],
      nullable: true,
      description,
      resolve: (_root, { input }, { scope }) =>
        withUserErrors(async () => ({ tenantHost: await scope.registration.hosts[step](input.host) })),
    },
    {
      outputFields: (t) => ({
        tenantHost: t.field({
          type: TenantHostObject,
          nullable: true,
          resolve: ({ tenantHost }) => tenantHost ?? null,
        }),
        record: t.field({
          type: DnsRecordObject,
          nullable: true,
          resolve: ({ tenantHost }) => tenantHost?.record ?? null,
        }),
        userErrors: userErrorsField(t),
      }),
    },
  );
}

hostMutation(
  'addTenantHost',
  'add',
  'Claims a host of your own; answers the DNS record that proves it is yours. At most 20.',
);
hostMutation(
  'verifyTenantHost',
  'verify',
  'Looks for the proof in DNS. Once it is found the host leads to this tenant, and to no other.',
);

builder.relayMutationField(
  'removeTenantHost',
  { inputFields: (t) => ({ host: t.string({ required: true }) }) },
  {
    subGraphs: ['core'],
    nullable: true,
    description: 'Gives a host up; it leads to nothing from now on.',
    resolve: (_root, { input }, { scope }) =>
      withUserErrors(async () => {
        await scope.registration.hosts.remove(input.host);
        return { removedHost: input.host };
      }),
  },
  {
    outputFields: (t) => ({
      removedHost: t.string({ nullable: true, resolve: ({ removedHost }) => removedHost ?? null }),
      userErrors: userErrorsField(t),
    }),
  },
);

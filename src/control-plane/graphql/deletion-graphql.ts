import { withUserErrors } from '../../graphql/user-errors.ts';
import { platformBuilder } from './builder.ts';
import { tenantPayload, userErrorsField } from './payload.ts';

platformBuilder.relayMutationField(
  'deleteTenant',
  {
    inputFields: (t) => ({
      id: t.id({ required: true }),
      immediately: t.boolean({ description: 'Drop the data now: nothing can be restored.' }),
    }),
  },
  {
    description:
      'Takes a tenant out of service and, after DELETION_GRACE_HOURS, drops all its data. Its identifiers stay in quarantine.',
    resolve: (_root, { input }, { platform, operator }) =>
      withUserErrors(async () => ({
        record: await platform.deletions.request(input.id, {
          by: operator?.subject ?? '',
          isImmediate: input.immediately === true,
        }),
      })),
  },
  tenantPayload,
);

platformBuilder.relayMutationField(
  'restoreTenant',
  { inputFields: (t) => ({ id: t.id({ required: true }) }) },
  {
    description: 'Undoes a deletion whose time is not up: the tenant is what it was before.',
    resolve: (_root, { input }, { platform }) =>
      withUserErrors(async () => ({ record: await platform.deletions.restore(input.id) })),
  },
  tenantPayload,
);

platformBuilder.relayMutationField(
  'releaseIdentifier',
  { inputFields: (t) => ({ identifier: t.string({ required: true }) }) },
  {
    description:
      'Ends the quarantine of an identifier of a deleted tenant. Refused with IN_USE while a tenant that is not wholly deleted has it as its issuer, identifier or alias.',
    resolve: (_root, { input: { identifier } }, { platform }) =>
      withUserErrors(async () => {
        await platform.lifecycle.releaseIdentifier(identifier);
        return { identifier };
      }),
  },
  {
    outputFields: (t) => ({
      identifier: t.string({ nullable: true, resolve: ({ identifier }) => identifier ?? null }),
      userErrors: userErrorsField(t),
    }),
  },
);

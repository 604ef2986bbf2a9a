import { builder } from '../../graphql/builder.ts';
import { APPLICATION_TENANT, localId } from '../../graphql/global-id.ts';
import { IDEMPOTENCY_KEY_DESCRIPTION } from '../../graphql/idempotency.ts';
import { found } from '../../graphql/not-found.ts';
import { deletedPayload, nounPayload } from '../../graphql/payload.ts';
import { EXPECTED_REVISION_DESCRIPTION } from '../../graphql/revision.ts';
import { withUserErrors } from '../../graphql/user-errors.ts';
import { OptionsInput, ThemeInput } from '../settings/graphql.ts';
import { optionInputs } from '../settings/option-fields-graphql.ts';
import { ApplicationTenantObject } from './graphql.ts';
import {
  createApplicationTenant,
  deleteApplicationTenant,
  resumeApplicationTenant,
  suspendApplicationTenant,
  updateApplicationTenant,
} from './service.ts';

const subGraphs = ['application-tenants'];

// Nullable: one that fails must not take its neighbours' answers with it.
const mutation = { subGraphs, nullable: true as const };

const payload = { subGraphs, ...nounPayload('applicationTenant', ApplicationTenantObject) };

const OwnSettingsInput = builder.inputType('ApplicationTenantSettingsInput', {
  subGraphs,
  fields: (t) => ({
    ...optionInputs(t),
    theme: t.field({ type: ThemeInput }),
    options: t.field({ type: OptionsInput }),
  }),
});

const SETTINGS = "Its own values; what is not given is the tenant's.";

builder.relayMutationField(
  'createApplicationTenant',
  {
    subGraphs,
    inputFields: (t) => ({
      application: t.id({ required: true, description: 'A multi-tenant client.' }),
      identifier: t.string({ required: true, description: '3 to 48 of a-z, 0-9 and single hyphens.' }),
      name: t.string({ required: true, description: 'At most 120 characters.' }),
      settings: t.field({ type: OwnSettingsInput, description: SETTINGS }),
      idempotencyKey: t.string({ description: IDEMPOTENCY_KEY_DESCRIPTION }),
    }),
  },
  {
    ...mutation,
    description: 'Creates an application tenant of a multi-tenant client.',
    resolve: (_root, { input: { application, ...input } }, { scope }) =>
      withUserErrors(async () => ({
        applicationTenant: await createApplicationTenant(scope, found(localId('Client', application)), input),
      })),
  },
  payload,
);

builder.relayMutationField(
  'updateApplicationTenant',
  {
    subGraphs,
    inputFields: (t) => ({
      id: t.id({ required: true }),
      name: t.string(),
      settings: t.field({ type: OwnSettingsInput, description: `Replaces all of them. ${SETTINGS}` }),
      expectedRevision: t.int({ description: EXPECTED_REVISION_DESCRIPTION }),
    }),
  },
  {
    ...mutation,
    description: 'Sets the values that are given and leaves the others as they are.',
    resolve: (_root, { input }, { scope }) =>
      withUserErrors(async () => ({
        applicationTenant: await updateApplicationTenant(
          scope,
          found(localId(APPLICATION_TENANT, input.id)),
          input,
        ),
      })),
  },
  payload,
);

for (const [name, change, description] of [
  [
    'suspendApplicationTenant',
    suspendApplicationTenant,
    'Refuses the tokens of its users within a second, and further sign-ins.',
  ],
  ['resumeApplicationTenant', resumeApplicationTenant, 'Serves a suspended one again.'],
] as const) {
  builder.relayMutationField(
    name,
    {
      subGraphs,
      inputFields: (t) => ({
        id: t.id({ required: true }),
        expectedRevision: t.int({ description: EXPECTED_REVISION_DESCRIPTION }),
      }),
    },
    {
      ...mutation,
      description,
      resolve: (_root, { input }, { scope }) =>
        withUserErrors(async () => ({
          applicationTenant: await change(scope, found(localId(APPLICATION_TENANT, input.id)), input),
        })),
    },
    payload,
  );
}

builder.relayMutationField(
  'deleteApplicationTenant',
  {
    subGraphs,
    inputFields: (t) => ({
      id: t.id({ required: true }),
      expectedRevision: t.int({ description: EXPECTED_REVISION_DESCRIPTION }),
    }),
  },
  {
    ...mutation,
    description: 'Deletes an application tenant with its users and content. This cannot be undone.',
    resolve: (_root, { input }, { scope, catalogue }) =>
      withUserErrors(async () => {
        const forgetters = catalogue.flatMap(({ forgetApplicationTenant }) => forgetApplicationTenant ?? []);
        await deleteApplicationTenant(scope, found(localId(APPLICATION_TENANT, input.id)), input, forgetters);
        return { deletedId: input.id };
      }),
  },
  { subGraphs, ...deletedPayload },
);

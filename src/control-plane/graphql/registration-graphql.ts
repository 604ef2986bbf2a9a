import { CodedError } from '../../lib/coded-error.ts';
import { withUserErrors } from '../../graphql/user-errors.ts';
import type { Bootstrap, Registered } from '../registration.ts';
import { platformBuilder } from './builder.ts';
import { type PayloadFields, userErrorsField } from './payload.ts';
import { PlacementModeEnum, TenantObject } from './tenant-graphql.ts';

const BootstrapObject = platformBuilder.objectRef<Bootstrap>('Bootstrap').implement({
  description: 'Credentials of the administrator. Shown once.',
  fields: (t) => ({
    accessToken: t.exposeString('accessToken'),
    expiresAt: t.expose('expiresAt', { type: 'DateTime' }),
    clientId: t.exposeString('clientId'),
    clientSecret: t.exposeString('clientSecret'),
    setPasswordUrl: t.exposeString('setPasswordUrl', {
      nullable: true,
      description:
        'Where the administrator sets a password and becomes a user with every scope; works once, for a day. Null without an administrator or the module users.',
    }),
  }),
});

const registeredPayload = {
  outputFields: (t: PayloadFields<Registered>) => ({
    tenant: t.field({ type: TenantObject, nullable: true, resolve: ({ record }) => record ?? null }),
    bootstrap: t.field({
      type: BootstrapObject,
      nullable: true,
      resolve: ({ bootstrap }) => bootstrap ?? null,
    }),
    userErrors: userErrorsField(t),
  }),
};

const AdministratorInput = platformBuilder.inputType('AdministratorInput', {
  fields: (t) => ({ email: t.string({ required: true }) }),
});

const PlacementInput = platformBuilder.inputType('PlacementInput', {
  fields: (t) => ({
    mode: t.field({ type: PlacementModeEnum, required: true }),
    cluster: t.string({ description: 'The one with the most room when absent.' }),
    connectionString: t.string({ description: 'For DEDICATED. Kept encrypted and never shown again.' }),
  }),
});

platformBuilder.queryField('identifierAvailable', (t) =>
  t.boolean({
    description: 'Whether an identifier could be registered now.',
    args: { identifier: t.arg.string({ required: true }) },
    resolve: (_root, { identifier }, { platform }) => platform.registration.isAvailable(identifier),
  }),
);

platformBuilder.relayMutationField(
  'registerTenant',
  {
    inputFields: (t) => ({
      identifier: t.string({ required: true, description: '3 to 48 of a-z, 0-9 and single hyphens.' }),
      name: t.string({ required: true }),
      administrator: t.field({ type: AdministratorInput }),
      modules: t.stringList({ description: 'All modules when absent.' }),
      idempotencyKey: t.string({ description: 'At least 128 random bits; makes a retry safe.' }),
    }),
  },
  {
    description: 'Registers a tenant. Answers when it is ACTIVE.',
    resolve: (_root, { input }, { platform, address }) =>
      withUserErrors(async () => {
        if (!platform.isRegistrationOpen) {
          throw new CodedError('FORBIDDEN', 'This platform takes no registrations; ask its operator.');
        }
        await platform.quota.consume(address);
        return platform.registration.register(input, {
          isSelfRegistered: true,
          placement: { mode: 'DATABASE' },
        });
      }),
  },
  registeredPayload,
);

platformBuilder.relayMutationField(
  'createTenant',
  {
    inputFields: (t) => ({
      identifier: t.string({ required: true }),
      name: t.string({ required: true }),
      administrator: t.field({ type: AdministratorInput }),
      modules: t.stringList(),
      placement: t.field({ type: PlacementInput }),
      idempotencyKey: t.string(),
    }),
  },
  {
    description: 'Registers a tenant on behalf of somebody, at a place of your choice.',
    resolve: (_root, { input: { placement, ...input } }, { platform }) =>
      withUserErrors(() =>
        platform.registration.register(input, {
          isSelfRegistered: false,
          placement: {
            mode: placement?.mode ?? 'DATABASE',
            ...(placement?.cluster == null ? {} : { cluster: placement.cluster }),
            ...(placement?.connectionString == null ? {} : { connectionString: placement.connectionString }),
          },
        }),
      ),
  },
  registeredPayload,
);

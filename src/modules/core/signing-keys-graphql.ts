import { builder } from '../../graphql/builder.ts';
import { userErrorsField } from '../../graphql/payload.ts';
import { withUserErrors } from '../../graphql/user-errors.ts';
import type { PublicKey } from '../../tenancy/public-keys.ts';
import type { Tenant } from '../../tenancy/tenant.ts';

const SigningKeyState = builder.enumType('SigningKeyState', {
  description: 'What a key is for now.',
  values: {
    NEXT: { description: 'Published, and signs after the next rotation.' },
    CURRENT: { description: 'Signs.' },
    PREVIOUS: { description: 'Signs no more; its signatures count still.' },
  } as const,
});

interface KnownKey extends PublicKey {
  state: 'NEXT' | 'CURRENT' | 'PREVIOUS';
}

const SigningKey = builder.objectRef<KnownKey>('SigningKey').implement({
  subGraphs: ['core'],
  description: "A key of this tenant's identity provider. Its private half never comes back.",
  fields: (t) => ({
    kid: t.exposeString('kid', { description: 'What tokens name it by.' }),
    algorithm: t.exposeString('alg'),
    state: t.expose('state', { type: SigningKeyState }),
  }),
});

builder.queryField('signingKeys', (t) =>
  t.field({
    type: [SigningKey],
    nullable: true,
    subGraphs: ['core'],
    description: "The keys tokens of this tenant's identity provider are verified with.",
    resolve: (_root, _args, { scope }) => keysOf(scope.tenant),
  }),
);

builder.relayMutationField(
  'rotateSigningKeys',
  {
    subGraphs: ['core'],
    inputFields: (t) => ({
      forgetPrevious: t.boolean({
        defaultValue: false,
        description: 'Ends every token that was signed before, the one this is asked with included.',
      }),
    }),
  },
  {
    subGraphs: ['core'],
    nullable: true,
    description: 'Signs with the next key and publishes another. Tokens of earlier keys stay valid.',
    resolve: (_root, { input }, { scope }) =>
      withUserErrors(async () => {
        const { registration } = scope;
        const tenant = await (input.forgetPrevious === true
          ? registration.replaceSigningKeys()
          : registration.rotateSigningKeys());
        return { keys: keysOf(tenant) };
      }),
  },
  {
    subGraphs: ['core'],
    outputFields: (t) => ({
      signingKeys: t.field({ type: [SigningKey], nullable: true, resolve: ({ keys }) => keys ?? null }),
      userErrors: userErrorsField(t),
    }),
  },
);

function keysOf({ keys }: Tenant): KnownKey[] {
  const { all, nextKid } = keys;
  return all.map((key, index) => {
    const state = index === 0 ? 'CURRENT' : key.kid === nextKid ? 'NEXT' : 'PREVIOUS';
    return { ...key, state };
  });
}

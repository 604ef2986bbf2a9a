import { requireOwn } from '../../auth/require-own.ts';
import { builder } from '../../graphql/builder.ts';
import { nounPayload } from '../../graphql/payload.ts';
import { parseInput, withUserErrors } from '../../graphql/user-errors.ts';
import type { ClaimNames, TrustedIssuer } from '../../tenancy/trusted-issuer.ts';
import { trustedIssuerInput } from './trusted-issuer-input.ts';

const TrustedIssuerClaims = builder.objectRef<ClaimNames>('TrustedIssuerClaims').implement({
  description: 'Under which names its tokens say what the gateway has to know.',
  fields: (t) => ({
    tenant: t.exposeString('tenant', { nullable: true, description: 'Null: `TENANT_CLAIM`.' }),
    subject: t.exposeString('subject'),
    scope: t.exposeString('scope'),
  }),
});

const TrustedIssuerObject = builder.objectRef<TrustedIssuer>('TrustedIssuer').implement({
  description: 'An identity provider outside whose tokens count at this tenant.',
  fields: (t) => ({
    issuer: t.exposeString('issuer'),
    audience: t.exposeString('audience'),
    jwksUri: t.exposeString('jwksUri'),
    algorithms: t.stringList({ resolve: ({ algorithms }) => [...algorithms] }),
    claims: t.expose('claims', { type: TrustedIssuerClaims }),
    scopes: t.stringList({
      description: 'Its tokens have these scopes at most.',
      resolve: ({ scopes }) => [...scopes],
    }),
  }),
});

builder.queryField('trustedIssuers', (t) =>
  t.field({
    type: [TrustedIssuerObject],
    nullable: true,
    subGraphs: ['core'],
    description: 'Identity providers outside whose tokens count at this tenant.',
    resolve: (_root, _args, { scope }) => [...scope.tenant.trustedIssuers],
  }),
);

const TrustedIssuerClaimsInput = builder.inputType('TrustedIssuerClaimsInput', {
  fields: (t) => ({
    tenant: t.string({
      description: 'Id or identifier of this tenant; tokens may lack it. `TENANT_CLAIM` by default.',
    }),
    subject: t.string({ description: '`sub` by default.' }),
    scope: t.string({ description: 'A text with spaces between scopes, or a list. `scope` by default.' }),
  }),
});

const payload = nounPayload('trustedIssuer', TrustedIssuerObject);

builder.relayMutationField(
  'addTrustedIssuer',
  {
    inputFields: (t) => ({
      issuer: t.string({ required: true, description: '`iss` of its tokens, to the letter. https.' }),
      audience: t.string({
        required: true,
        description: 'The one `aud` of tokens meant for this tenant. No other tenant can have the same pair.',
      }),
      jwksUri: t.string({
        description: 'Where its keys are; found by OpenID Connect Discovery when absent.',
      }),
      algorithms: t.stringList({ description: 'ES256, RS256, PS256 and EdDSA by default.' }),
      claims: t.field({ type: TrustedIssuerClaimsInput }),
      scopes: t.stringList({
        required: true,
        description: 'What its tokens may do at most; nobody gives scopes they lack.',
      }),
    }),
  },
  {
    subGraphs: ['core'],
    nullable: true,
    description: 'Accepts tokens of an identity provider outside. At most 20.',
    resolve: (_root, { input }, { scope }) =>
      withUserErrors(async () => {
        const issuer = parseInput(trustedIssuerInput(scope), input);
        requireOwn(scope.principal, issuer.scopes);
        return { trustedIssuer: await scope.registration.issuers.add(issuer) };
      }),
  },
  payload,
);

builder.relayMutationField(
  'removeTrustedIssuer',
  {
    inputFields: (t) => ({
      issuer: t.string({ required: true }),
      audience: t.string({ required: true }),
    }),
  },
  {
    subGraphs: ['core'],
    nullable: true,
    description: 'Refuses the tokens of an identity provider from now on; answers what it was.',
    resolve: (_root, { input }, { scope }) =>
      withUserErrors(async () => ({
        trustedIssuer: await scope.registration.issuers.remove(input.issuer, input.audience),
      })),
  },
  payload,
);

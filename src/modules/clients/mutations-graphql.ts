import { builder } from '../../graphql/builder.ts';
import { localId } from '../../graphql/global-id.ts';
import { IDEMPOTENCY_KEY_DESCRIPTION } from '../../graphql/idempotency.ts';
import { found } from '../../graphql/not-found.ts';
import { deletedPayload } from '../../graphql/payload.ts';
import { EXPECTED_REVISION_DESCRIPTION } from '../../graphql/revision.ts';
import { withUserErrors } from '../../graphql/user-errors.ts';
import { createClient } from './create-client.ts';
import { AuthMethodEnum, ClientKind, ClientTypeEnum, GrantTypeEnum } from './graphql.ts';
import { createdPayload, mutation, subGraphs, updatedPayload } from './payload-graphql.ts';
import { deleteClient, updateClient } from './service.ts';

const JWKS = 'For PRIVATE_KEY_JWT: public keys (RFC 7517), each with a kid; EC P-256, Ed25519 or RSA.';

const MULTI_TENANT = 'Whether it serves application tenants, each with people of its own.';

const REDIRECT_URIS =
  'At most 20, without fragments: https, http on loopback, and for NATIVE clients schemes like com.example.app.';

builder.relayMutationField(
  'createClient',
  {
    subGraphs,
    inputFields: (t) => ({
      name: t.string({ required: true, description: 'At most 120 characters.' }),
      description: t.string(),
      kind: t.field({ type: ClientKind, description: 'CONFIDENTIAL, unless the type says otherwise.' }),
      type: t.field({ type: ClientTypeEnum, description: 'WEB, or what fits the kind, when absent.' }),
      redirectUris: t.stringList({ description: REDIRECT_URIS }),
      postLogoutRedirectUris: t.stringList({ description: 'By the rules of `redirectUris`.' }),
      grantTypes: t.field({ type: [GrantTypeEnum], description: 'All its type may use, when absent.' }),
      authMethod: t.field({ type: AuthMethodEnum }),
      jwks: t.field({ type: ['JSON'], description: JWKS }),
      isMultiTenant: t.boolean({ description: MULTI_TENANT }),
      scopes: t.stringList({ description: 'Scopes at this gateway; only such as the caller has.' }),
      idempotencyKey: t.string({
        description: `${IDEMPOTENCY_KEY_DESCRIPTION} A replay has no secret: add one to the client.`,
      }),
    }),
  },
  {
    ...mutation,
    description:
      'Creates a client; a confidential one comes with its first secret, unless it signs with a key.',
    resolve: (_root, { input }, { scope }) => withUserErrors(() => createClient(scope, input)),
  },
  createdPayload,
);

builder.relayMutationField(
  'updateClient',
  {
    subGraphs,
    inputFields: (t) => ({
      id: t.id({ required: true }),
      name: t.string(),
      description: t.string(),
      redirectUris: t.stringList({ description: REDIRECT_URIS }),
      postLogoutRedirectUris: t.stringList(),
      grantTypes: t.field({ type: [GrantTypeEnum] }),
      authMethod: t.field({ type: AuthMethodEnum }),
      jwks: t.field({ type: ['JSON'], description: JWKS }),
      isMultiTenant: t.boolean({ description: MULTI_TENANT }),
      expectedRevision: t.int({ description: EXPECTED_REVISION_DESCRIPTION }),
    }),
  },
  {
    ...mutation,
    description:
      'Sets the values that are given and leaves the others as they are. New redirect URIs, keys, grants and ways to authenticate need every scope the client has.',
    resolve: (_root, { input }, { scope }) =>
      withUserErrors(() => updateClient(scope, found(localId('Client', input.id)), input)),
  },
  updatedPayload,
);

builder.relayMutationField(
  'deleteClient',
  {
    subGraphs,
    inputFields: (t) => ({
      id: t.id({ required: true }),
      expectedRevision: t.int({ description: EXPECTED_REVISION_DESCRIPTION }),
    }),
  },
  {
    ...mutation,
    description: 'Deletes a client. Its tokens are refused within a second.',
    resolve: (_root, { input }, { scope, catalogue }) =>
      withUserErrors(async () => {
        await deleteClient(scope, catalogue, found(localId('Client', input.id)), input);
        return { deletedId: input.id };
      }),
  },
  { subGraphs, ...deletedPayload },
);

import { builder } from '../../graphql/builder.ts';
import { localId } from '../../graphql/global-id.ts';
import { IDEMPOTENCY_KEY_DESCRIPTION } from '../../graphql/idempotency.ts';
import { found } from '../../graphql/not-found.ts';
import { EXPECTED_REVISION_DESCRIPTION } from '../../graphql/revision.ts';
import { UserErrorObject, withUserErrors } from '../../graphql/user-errors.ts';
import { createClient } from './create-client.ts';
import { ClientKind } from './graphql.ts';
import { clientPayload, mutation, secretPayload, subGraphs } from './payload-graphql.ts';
import { deleteClient, updateClient } from './service.ts';

const REDIRECT_URIS =
  'At most 20, without fragments: https, http on loopback, and for public clients schemes like com.example.app.';

builder.relayMutationField(
  'createClient',
  {
    subGraphs,
    inputFields: (t) => ({
      name: t.string({ required: true, description: 'At most 120 characters.' }),
      description: t.string(),
      kind: t.field({ type: ClientKind, defaultValue: 'CONFIDENTIAL' }),
      redirectUris: t.stringList({ description: REDIRECT_URIS }),
      scopes: t.stringList({ description: 'Scopes at this gateway; only such as the caller has.' }),
      idempotencyKey: t.string({
        description: `${IDEMPOTENCY_KEY_DESCRIPTION} A replay has no secret: add one to the client.`,
      }),
    }),
  },
  {
    ...mutation,
    description: 'Creates a client; a confidential one comes with its first secret.',
    resolve: (_root, { input }, { scope }) => withUserErrors(() => createClient(scope, input)),
  },
  secretPayload,
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
      expectedRevision: t.int({ description: EXPECTED_REVISION_DESCRIPTION }),
    }),
  },
  {
    ...mutation,
    description:
      'Sets the values that are given and leaves the others as they are. New redirect URIs need every scope the client has.',
    resolve: (_root, { input }, { scope }) =>
      withUserErrors(async () => ({
        client: await updateClient(scope, found(localId('Client', input.id)), input),
      })),
  },
  clientPayload,
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
    resolve: (_root, { input }, { scope }) =>
      withUserErrors(async () => {
        await deleteClient(scope, found(localId('Client', input.id)), input);
        return { deletedId: input.id };
      }),
  },
  {
    subGraphs,
    outputFields: (t) => ({
      deletedId: t.id({ nullable: true, resolve: ({ deletedId }) => deletedId ?? null }),
      userErrors: t.field({ type: [UserErrorObject], resolve: ({ userErrors }) => userErrors }),
    }),
  },
);

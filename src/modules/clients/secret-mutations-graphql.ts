import { builder } from '../../graphql/builder.ts';
import { localId } from '../../graphql/global-id.ts';
import { found } from '../../graphql/not-found.ts';
import { EXPECTED_REVISION_DESCRIPTION } from '../../graphql/revision.ts';
import { withUserErrors } from '../../graphql/user-errors.ts';
import { addClientSecret, MAX_LIVE_SECRETS, revokeClientSecret } from './client-secrets.ts';
import { clientPayload, mutation, secretPayload, subGraphs } from './payload-graphql.ts';

builder.relayMutationField(
  'addClientSecret',
  {
    subGraphs,
    inputFields: (t) => ({
      id: t.id({ required: true, description: 'The client.' }),
      expiresAt: t.field({ type: 'DateTime', description: 'In the future; never, when absent.' }),
      expectedRevision: t.int({ description: EXPECTED_REVISION_DESCRIPTION }),
    }),
  },
  {
    ...mutation,
    description: `Adds a secret to a confidential client, at most ${MAX_LIVE_SECRETS} live ones, and forgets the expired ones. Needs every scope the client has.`,
    resolve: (_root, { input }, { scope }) =>
      withUserErrors(() => addClientSecret(scope, found(localId('Client', input.id)), input)),
  },
  secretPayload,
);

builder.relayMutationField(
  'revokeClientSecret',
  {
    subGraphs,
    inputFields: (t) => ({
      id: t.id({ required: true, description: 'The client.' }),
      secretId: t.id({ required: true }),
      expectedRevision: t.int({ description: EXPECTED_REVISION_DESCRIPTION }),
    }),
  },
  {
    ...mutation,
    description: 'Revokes a secret at once.',
    resolve: (_root, { input }, { scope }) =>
      withUserErrors(async () => {
        const id = found(localId('Client', input.id));
        const secretId = found(localId('ClientSecret', input.secretId));
        return { client: await revokeClientSecret(scope, id, secretId, input) };
      }),
  },
  clientPayload,
);

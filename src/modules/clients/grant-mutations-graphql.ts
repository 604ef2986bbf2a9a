import { builder } from '../../graphql/builder.ts';
import { localId } from '../../graphql/global-id.ts';
import { found } from '../../graphql/not-found.ts';
import { EXPECTED_REVISION_DESCRIPTION } from '../../graphql/revision.ts';
import { withUserErrors } from '../../graphql/user-errors.ts';
import { type Audience, grantClientScopes, revokeClientScopes } from './client-grants.ts';
import { clientPayload, mutation, subGraphs } from './payload-graphql.ts';

const RESOURCE = 'The API resource the scopes belong to; absent: this gateway.';

builder.relayMutationField(
  'grantClientScopes',
  {
    subGraphs,
    inputFields: (t) => ({
      id: t.id({ required: true, description: 'The client.' }),
      resource: t.id({ description: RESOURCE }),
      scopes: t.stringList({ required: true }),
      expectedRevision: t.int({ description: EXPECTED_REVISION_DESCRIPTION }),
    }),
  },
  {
    ...mutation,
    description: 'Lets a client ask for further scopes. Nobody grants a scope of this gateway they lack.',
    resolve: (_root, { input }, { scope }) =>
      withUserErrors(async () => ({
        client: await grantClientScopes(scope, found(localId('Client', input.id)), audienceOf(input), input),
      })),
  },
  clientPayload,
);

builder.relayMutationField(
  'revokeClientScopes',
  {
    subGraphs,
    inputFields: (t) => ({
      id: t.id({ required: true, description: 'The client.' }),
      resource: t.id({ description: RESOURCE }),
      scopes: t.stringList({ required: true }),
      expectedRevision: t.int({ description: EXPECTED_REVISION_DESCRIPTION }),
    }),
  },
  {
    ...mutation,
    description: 'Takes scopes away from a client. Tokens that carry them last until they expire.',
    resolve: (_root, { input }, { scope }) =>
      withUserErrors(async () => ({
        client: await revokeClientScopes(scope, found(localId('Client', input.id)), audienceOf(input), input),
      })),
  },
  clientPayload,
);

function audienceOf({ resource }: { resource?: string | null | undefined }): Audience {
  return resource == null ? null : found(localId('ApiResource', resource));
}

import { builder } from '../../graphql/builder.ts';
import { localId } from '../../graphql/global-id.ts';
import { IDEMPOTENCY_KEY_DESCRIPTION } from '../../graphql/idempotency.ts';
import { found } from '../../graphql/not-found.ts';
import { deletedPayload, nounPayload } from '../../graphql/payload.ts';
import { EXPECTED_REVISION_DESCRIPTION } from '../../graphql/revision.ts';
import { withUserErrors } from '../../graphql/user-errors.ts';
import { createResource } from './create-resource.ts';
import { ApiResourceObject } from './graphql.ts';
import { addResourceScope, deleteResource, removeResourceScope, updateResource } from './service.ts';

const subGraphs = ['resources'];

// Every mutation is nullable: one that fails must not take the answers of its neighbours in the document with it.
const options = { subGraphs, nullable: true as const };

const payload = { subGraphs, ...nounPayload('resource', ApiResourceObject) };

const ApiResourceScopeInput = builder.inputType('ApiResourceScopeInput', {
  subGraphs,
  fields: (t) => ({ name: t.string({ required: true }), description: t.string() }),
});

const AUDIENCE =
  'An absolute URI, at most 500 characters; unique. Addresses of the gateway itself are reserved.';

builder.relayMutationField(
  'createResource',
  {
    subGraphs,
    inputFields: (t) => ({
      name: t.string({ required: true, description: 'At most 120 characters.' }),
      audience: t.string({ required: true, description: AUDIENCE }),
      scopes: t.field({ type: [ApiResourceScopeInput] }),
      idempotencyKey: t.string({ description: IDEMPOTENCY_KEY_DESCRIPTION }),
    }),
  },
  {
    ...options,
    resolve: (_root, { input }, { scope }) =>
      withUserErrors(async () => ({ resource: await createResource(scope, input) })),
  },
  payload,
);

builder.relayMutationField(
  'updateResource',
  {
    subGraphs,
    inputFields: (t) => ({
      id: t.id({ required: true }),
      name: t.string(),
      audience: t.string({ description: AUDIENCE }),
      expectedRevision: t.int({ description: EXPECTED_REVISION_DESCRIPTION }),
    }),
  },
  {
    ...options,
    description: 'Sets the values that are given and leaves the others as they are.',
    resolve: (_root, { input }, { scope }) =>
      withUserErrors(async () => ({ resource: await updateResource(scope, idOf(input), input) })),
  },
  payload,
);

builder.relayMutationField(
  'addResourceScope',
  {
    subGraphs,
    inputFields: (t) => ({
      id: t.id({ required: true }),
      name: t.string({ required: true, description: 'A scope token of RFC 6749, at most 100 characters.' }),
      description: t.string(),
      expectedRevision: t.int({ description: EXPECTED_REVISION_DESCRIPTION }),
    }),
  },
  {
    ...options,
    resolve: (_root, { input }, { scope }) =>
      withUserErrors(async () => ({ resource: await addResourceScope(scope, idOf(input), input) })),
  },
  payload,
);

builder.relayMutationField(
  'removeResourceScope',
  {
    subGraphs,
    inputFields: (t) => ({
      id: t.id({ required: true }),
      name: t.string({ required: true }),
      expectedRevision: t.int({ description: EXPECTED_REVISION_DESCRIPTION }),
    }),
  },
  {
    ...options,
    description: 'Removes a scope nobody holds; IN_USE else.',
    resolve: (_root, { input }, { scope, catalogue }) =>
      withUserErrors(async () => ({
        resource: await removeResourceScope(scope, catalogue, idOf(input), input),
      })),
  },
  payload,
);

builder.relayMutationField(
  'deleteResource',
  {
    subGraphs,
    inputFields: (t) => ({
      id: t.id({ required: true }),
      expectedRevision: t.int({ description: EXPECTED_REVISION_DESCRIPTION }),
    }),
  },
  {
    ...options,
    description: 'Deletes a resource nobody is granted; IN_USE else.',
    resolve: (_root, { input }, { scope, catalogue }) =>
      withUserErrors(async () => {
        await deleteResource(scope, catalogue, idOf(input), input);
        return { deletedId: input.id };
      }),
  },
  { subGraphs, ...deletedPayload },
);

function idOf({ id }: { id: string }): string {
  return found(localId('ApiResource', id));
}

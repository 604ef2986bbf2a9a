import { builder } from '../../graphql/builder.ts';
import { localId } from '../../graphql/global-id.ts';
import { IDEMPOTENCY_KEY_DESCRIPTION } from '../../graphql/idempotency.ts';
import { found } from '../../graphql/not-found.ts';
import { deletedPayload, nounPayload } from '../../graphql/payload.ts';
import { EXPECTED_REVISION_DESCRIPTION } from '../../graphql/revision.ts';
import { withUserErrors } from '../../graphql/user-errors.ts';
import { ContentFieldKind, ContentTypeObject } from './content-type-graphql.ts';
import { createContentType, deleteContentType, updateContentType } from './content-type-service.ts';

// Every mutation is nullable: one that fails must not take the answers of its neighbours in the document with it.
const options = { subGraphs: ['content'], nullable: true as const };

const payload = nounPayload('contentType', ContentTypeObject);

const ContentFieldInput = builder.inputType('ContentFieldInput', {
  fields: (t) => ({
    name: t.string({
      required: true,
      description: 'A letter, then at most 63 letters, digits and underscores.',
    }),
    kind: t.field({ type: ContentFieldKind, required: true }),
    isRequired: t.boolean({ description: 'False when absent. Counts from the next write of an item.' }),
    options: t.stringList({ description: 'For an enumeration, or a list of them: its values.' }),
    of: t.field({ type: ContentFieldKind, description: 'For a list: the kind of its members.' }),
    referenceTo: t.string({ description: 'For a reference, or a list of them: name of a content type.' }),
    maxLength: t.int({ description: 'For a text, or a list of them: most characters.' }),
  }),
});

builder.relayMutationField(
  'createContentType',
  {
    inputFields: (t) => ({
      name: t.string({
        required: true,
        description: 'A letter, then at most 63 letters, digits and underscores; unique, and never changed.',
      }),
      description: t.string(),
      fields: t.field({ type: [ContentFieldInput], required: true, description: 'At most 100.' }),
      idempotencyKey: t.string({ description: IDEMPOTENCY_KEY_DESCRIPTION }),
    }),
  },
  {
    ...options,
    resolve: (_root, { input }, { scope }) =>
      withUserErrors(async () => ({ contentType: await createContentType(scope, input) })),
  },
  payload,
);

builder.relayMutationField(
  'updateContentType',
  {
    inputFields: (t) => ({
      id: t.id({ required: true }),
      description: t.string(),
      fields: t.field({ type: [ContentFieldInput], description: 'All fields the type has from now on.' }),
      expectedRevision: t.int({ description: EXPECTED_REVISION_DESCRIPTION }),
    }),
  },
  {
    ...options,
    description:
      'Sets the values that are given. A field that items hold values in can neither be left out nor change its ' +
      'kind: IN_USE. Its other rules count from the next write of an item.',
    resolve: (_root, { input }, { scope }) =>
      withUserErrors(async () => ({ contentType: await updateContentType(scope, idOf(input), input) })),
  },
  payload,
);

builder.relayMutationField(
  'deleteContentType',
  {
    inputFields: (t) => ({
      id: t.id({ required: true }),
      expectedRevision: t.int({ description: EXPECTED_REVISION_DESCRIPTION }),
    }),
  },
  {
    ...options,
    description: 'Deletes a type that has no items and that no other type refers to; IN_USE else.',
    resolve: (_root, { input }, { scope }) =>
      withUserErrors(async () => {
        await deleteContentType(scope, idOf(input), input);
        return { deletedId: input.id };
      }),
  },
  deletedPayload,
);

function idOf({ id }: { id: string }): string {
  return found(localId('ContentType', id));
}

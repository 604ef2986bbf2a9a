import { builder } from '../../graphql/builder.ts';
import { localId } from '../../graphql/global-id.ts';
import { IDEMPOTENCY_KEY_DESCRIPTION } from '../../graphql/idempotency.ts';
import { found } from '../../graphql/not-found.ts';
import { deletedPayload, nounPayload } from '../../graphql/payload.ts';
import { EXPECTED_REVISION_DESCRIPTION } from '../../graphql/revision.ts';
import { withUserErrors } from '../../graphql/user-errors.ts';
import { CONTENT_ITEM } from './content-item.ts';
import { ContentItemObject } from './content-item-graphql.ts';
import { createContentItem, updateContentItem } from './content-item-service.ts';
import {
  deleteContentItem,
  publishContentItem,
  restoreContentItem,
  unpublishContentItem,
} from './status-service.ts';

// Every mutation is nullable: one that fails must not take the answers of its neighbours in the document with it.
const options = { subGraphs: ['content'], nullable: true as const };

const payload = nounPayload('contentItem', ContentItemObject);

const SLUG =
  'Lower-case letters and digits with single -, _ or . between them; unique among the items of its type and locale.';

builder.relayMutationField(
  'createContentItem',
  {
    inputFields: (t) => ({
      type: t.string({ required: true, description: 'Name of a content type.' }),
      slug: t.string({ description: `${SLUG} Made of the title when absent.` }),
      locale: t.string({ description: "BCP 47; the tenant's locale when absent." }),
      title: t.string({ required: true, description: 'At most 300 characters.' }),
      data: t.field({ type: 'JSON', description: 'An object of the declared fields, at most 256 KiB.' }),
      idempotencyKey: t.string({ description: IDEMPOTENCY_KEY_DESCRIPTION }),
    }),
  },
  {
    ...options,
    description: 'Creates a draft.',
    resolve: (_root, { input }, { scope }) =>
      withUserErrors(async () => ({ contentItem: await createContentItem(scope, input) })),
  },
  payload,
);

builder.relayMutationField(
  'updateContentItem',
  {
    inputFields: (t) => ({
      id: t.id({ required: true }),
      slug: t.string({ description: SLUG }),
      title: t.string(),
      data: t.field({
        type: 'JSON',
        description: 'The fields to change; null takes a value away, the others stay.',
      }),
      expectedRevision: t.int({ description: EXPECTED_REVISION_DESCRIPTION }),
    }),
  },
  {
    ...options,
    description: 'Changes what is given. A published item stays published: its changes show at once.',
    resolve: (_root, { input }, { scope }) =>
      withUserErrors(async () => ({ contentItem: await updateContentItem(scope, idOf(input), input) })),
  },
  payload,
);

builder.relayMutationField(
  'publishContentItem',
  {
    inputFields: (t) => ({
      id: t.id({ required: true }),
      expectedRevision: t.int({ description: EXPECTED_REVISION_DESCRIPTION }),
    }),
  },
  {
    ...options,
    description: 'Shows an item to readers. Publishing a published one changes nothing.',
    resolve: (_root, { input }, { scope }) =>
      withUserErrors(async () => ({ contentItem: await publishContentItem(scope, idOf(input), input) })),
  },
  payload,
);

builder.relayMutationField(
  'unpublishContentItem',
  {
    inputFields: (t) => ({
      id: t.id({ required: true }),
      expectedRevision: t.int({ description: EXPECTED_REVISION_DESCRIPTION }),
    }),
  },
  {
    ...options,
    description: 'Hides a published item from readers.',
    resolve: (_root, { input }, { scope }) =>
      withUserErrors(async () => ({ contentItem: await unpublishContentItem(scope, idOf(input), input) })),
  },
  payload,
);

builder.relayMutationField(
  'restoreContentItem',
  {
    inputFields: (t) => ({
      id: t.id({ required: true }),
      slug: t.string({ description: 'Another slug, when its own was taken meanwhile.' }),
      expectedRevision: t.int({ description: EXPECTED_REVISION_DESCRIPTION }),
    }),
  },
  {
    ...options,
    description: 'Brings a deleted item back as a draft.',
    resolve: (_root, { input }, { scope }) =>
      withUserErrors(async () => ({ contentItem: await restoreContentItem(scope, idOf(input), input) })),
  },
  payload,
);

builder.relayMutationField(
  'deleteContentItem',
  {
    inputFields: (t) => ({
      id: t.id({ required: true }),
      expectedRevision: t.int({ description: EXPECTED_REVISION_DESCRIPTION }),
    }),
  },
  {
    ...options,
    description: 'Hides an item from everybody; it can be restored. Its slug is free at once.',
    resolve: (_root, { input }, { scope }) =>
      withUserErrors(async () => {
        await deleteContentItem(scope, idOf(input), input);
        return { deletedId: input.id };
      }),
  },
  deletedPayload,
);

function idOf({ id }: { id: string }): string {
  return found(localId(CONTENT_ITEM, id));
}

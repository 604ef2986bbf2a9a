import type { Migration } from '../../../mongo/migration.ts';

/** Name of the index, by which a violation is told from others. */
export const SLUG_INDEX = 'slug';

/** Few on purpose: each is a namespace of the server. Declared fields are filtered and sorted without one. */
export const indexes: Migration = {
  name: 'content/001-indexes',
  indexes: {
    content_types: [{ key: { name: 1 }, name: 'name', unique: true }],
    content_items: [
      {
        key: { type: 1, locale: 1, slug: 1 },
        name: SLUG_INDEX,
        unique: true,
        // A deleted item lays no claim to its slug. Queries that want this index say `deletedAt: null` too.
        partialFilterExpression: { deletedAt: null },
      },
      { key: { type: 1, status: 1, createdAt: 1, _id: 1 }, name: 'created' },
      { key: { type: 1, status: 1, publishedAt: 1, _id: 1 }, name: 'published' },
    ],
  },
};

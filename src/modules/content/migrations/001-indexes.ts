import type { Migration } from '../../../mongo/migration.ts';

/** Few on purpose: each is a namespace of the server. Declared fields are filtered and sorted without one. */
export const indexes: Migration = {
  name: 'content/001-indexes',
  indexes: {
    content_types: [{ key: { name: 1 }, name: 'name', unique: true }],
    content_items: [
      {
        key: { type: 1, locale: 1, slug: 1 },
        name: 'slug',
        unique: true,
        partialFilterExpression: { deletedAt: null },
      },
      { key: { type: 1, status: 1, createdAt: 1, _id: 1 }, name: 'created' },
      { key: { type: 1, status: 1, publishedAt: 1, _id: 1 }, name: 'published' },
    ],
  },
};

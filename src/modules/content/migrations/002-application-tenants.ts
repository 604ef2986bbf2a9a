import type { Migration } from '../../../mongo/migration.ts';

/** Name of the index, by which a violation is told from others. */
export const SLUG_INDEX = 'application_tenant_slug';

/** A slug is unique per application tenant, type and locale; what belongs to none is one of these groups. */
export const applicationTenants: Migration = {
  name: 'content/002-application-tenants',
  indexes: {
    content_items: [
      {
        key: { applicationTenant: 1, type: 1, locale: 1, slug: 1 },
        name: SLUG_INDEX,
        unique: true,
        // A deleted item lays no claim to its slug. Queries that want this index say `deletedAt: null` too.
        partialFilterExpression: { deletedAt: null },
      },
      // Lists of those who are confined to one.
      { key: { applicationTenant: 1, type: 1, createdAt: 1, _id: 1 }, name: 'application_tenant_created' },
    ],
  },
  drops: { content_items: ['slug'] },
};

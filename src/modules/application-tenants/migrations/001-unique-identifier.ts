import type { Migration } from '../../../mongo/migration.ts';

/** Name of the index, by which a violation is told from others. */
export const IDENTIFIER_INDEX = 'identifier';

export const uniqueIdentifier: Migration = {
  name: 'application-tenants/001-unique-identifier',
  indexes: {
    application_tenants: [{ key: { identifier: 1 }, name: IDENTIFIER_INDEX, unique: true }],
  },
};

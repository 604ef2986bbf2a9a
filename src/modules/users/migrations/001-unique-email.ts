import type { Migration } from '../../../mongo/migration.ts';

/** Name of the index, by which a violation is told from others. */
export const EMAIL_INDEX = 'email';

export const uniqueEmail: Migration = {
  name: 'users/001-unique-email',
  indexes: {
    users: [{ key: { applicationTenant: 1, emailKey: 1 }, name: EMAIL_INDEX, unique: true }],
  },
};

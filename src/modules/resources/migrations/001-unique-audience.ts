import type { Migration } from '../../../mongo/migration.ts';

/** Name of the index, by which a violation is told from others. */
export const AUDIENCE_INDEX = 'audience';

export const uniqueAudience: Migration = {
  name: 'resources/001-unique-audience',
  indexes: { resources: [{ key: { audience: 1 }, name: AUDIENCE_INDEX, unique: true }] },
};

import type { mongo } from 'mongoose';

/** A command as the server saw it, without its values: what it was, on which collection, with which members. */
export interface SeenCommand {
  /** Database and collection. */
  namespace: string;
  shape: string;
}

export interface DatabaseWatch extends AsyncDisposable {
  /** The commands since the last time. */
  take(): Promise<SeenCommand[]>;
}

/** Room for what the profiler notes, in bytes. */
const PROFILE_BYTES = 64 * 1_024 * 1_024;

/** What differs from command to command without anybody having asked for it. */
const SESSION = new Set([
  'lsid',
  '$clusterTime',
  'txnNumber',
  '$db',
  'maxTimeMS',
  'autocommit',
  'startTransaction',
]);

/** Watches databases by the server's own profiler, so that no way around the watch exists. Feeds' polling does not count. */
export async function watchDatabases(databases: readonly mongo.Db[]): Promise<DatabaseWatch> {
  const cursors = await Promise.all(databases.map(openProfile));
  return {
    async take() {
      return (await Promise.all(cursors.map(newEntries))).flat().map((entry) => ({
        namespace: entry['ns'] as string,
        shape: `${entry['op'] as string} ${JSON.stringify(shapeOf(entry['command']))}`,
      }));
    },
    async [Symbol.asyncDispose]() {
      for (const cursor of cursors) await cursor.close();
      for (const database of databases) await database.command({ profile: 0 });
    },
  };
}

async function openProfile(database: mongo.Db): Promise<mongo.FindCursor> {
  await database.command({ profile: 0 });
  await database
    .collection('system.profile')
    .drop()
    .catch(() => false);
  await database.createCollection('system.profile', { capped: true, size: PROFILE_BYTES });
  await database.command({ profile: 2 });
  // A tailable cursor on an empty collection is dead at once.
  await database.collection('first').findOne({});
  const name = database.databaseName;
  const cursor = database.collection('system.profile').find(
    {
      ns: { $nin: [`${name}.system.profile`, `${name}.first`] },
      op: { $ne: 'getmore' },
      'command.profile': null,
    },
    { tailable: true },
  );
  await newEntries(cursor);
  return cursor;
}

async function newEntries(cursor: mongo.FindCursor): Promise<mongo.Document[]> {
  const entries: mongo.Document[] = [];
  for (;;) {
    const entry = (await cursor.tryNext()) as mongo.Document | null;
    if (entry === null) return entries;
    entries.push(entry);
  }
}

function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value !== 'object' || value === null) return typeof value;
  if (value.constructor !== Object) return value.constructor.name;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !SESSION.has(key))
      .map(([key, inner]) => [key, shapeOf(inner)]),
  );
}

import { mongo } from 'mongoose';

/** Options an operator may put into a tenant's connection string. Nothing that reads files or turns checks off. */
const ALLOWED_OPTIONS = new Set([
  'replicaset', 'authsource', 'authmechanism', 'tls', 'ssl', 'directconnection', 'readpreference', 'w',
  'journal', 'appname', 'compressors', 'loadbalanced', 'srvservicename', 'srvmaxhosts',
]); // prettier-ignore

/** Why a connection string is refused, without repeating any of it; undefined when it is fine. */
export function connectionStringFault(text: string): string | undefined {
  // One question mark: what stands behind a second one would not be looked at.
  const [isWhole, query] = /^mongodb(?:\+srv)?:\/\/[^\s?]{1,1000}(?:\?([^\s?]{0,1000}))?$/.exec(text) ?? [];
  if (isWhole === undefined) return 'must be a MongoDB connection string';
  for (const [name] of new URLSearchParams(query)) {
    if (!ALLOWED_OPTIONS.has(name.toLowerCase())) return 'holds an option that is not allowed';
  }
  try {
    // Parses without connecting.
    new mongo.MongoClient(text);
    return undefined;
  } catch {
    return 'cannot be parsed';
  }
}

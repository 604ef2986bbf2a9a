import { mongo } from 'mongoose';

const FLAG = /^(?:true|false)$/;

/**
 * Options a connection string may hold, with the values they may have. Nothing that reads files, goes through a proxy,
 * asks a cloud for credentials, weakens a check or a promise (unacknowledged writes, stale reads) or sizes the pool, which
 * is the gateway's own affair.
 */
const ALLOWED_OPTIONS: Readonly<Record<string, RegExp>> = {
  replicaset: /^[\w.-]+$/,
  authsource: /^[^$]+$/,
  authmechanism: /^(?:DEFAULT|SCRAM-SHA-1|SCRAM-SHA-256)$/,
  tls: FLAG,
  ssl: FLAG,
  directconnection: FLAG,
  loadbalanced: FLAG,
  readpreference: /^primary$/,
  readconcernlevel: /^(?:local|majority)$/,
  retrywrites: FLAG,
  retryreads: FLAG,
  w: /^(?:majority|[1-9]\d?)$/,
  journal: FLAG,
  appname: /^.{1,128}$/,
  compressors: /^(?:none|zlib|snappy|zstd)(?:,(?:none|zlib|snappy|zstd))*$/,
  srvmaxhosts: /^\d{1,3}$/,
};

/** Why a connection string is refused, without repeating any of it; undefined when it is fine. */
export function connectionStringFault(text: string, { isTlsRequired = false } = {}): string | undefined {
  // One question mark: what stands behind a second one would not be looked at.
  const [isWhole, query] = /^mongodb(?:\+srv)?:\/\/[^\s?]{1,1000}(?:\?([^\s?]{0,1000}))?$/.exec(text) ?? [];
  if (isWhole === undefined) return 'must be a MongoDB connection string';
  for (const [name, value] of new URLSearchParams(query)) {
    const allowed = Object.hasOwn(ALLOWED_OPTIONS, name.toLowerCase()) && ALLOWED_OPTIONS[name.toLowerCase()];
    if (!allowed) return 'holds an option that is not allowed';
    if (!allowed.test(value)) return 'holds an option with a value that is not allowed';
  }
  try {
    // Parses without connecting.
    const { hosts, tls } = new mongo.MongoClient(text).options;
    if (hosts.some(({ socketPath }) => socketPath !== undefined)) return 'names a file instead of a host';
    if (isTlsRequired && !tls) return 'must ask for TLS (tls=true)';
    return undefined;
  } catch {
    return 'cannot be parsed';
  }
}

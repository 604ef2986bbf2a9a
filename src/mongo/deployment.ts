import { join } from 'node:path';
import { mongo } from 'mongoose';
import type { Config } from '../config/config.ts';
import { ensureDataDir } from '../config/data-dir.ts';
import { SettingError } from '../config/env.ts';
import { openEmbeddedServer } from './embedded/embedded-server.ts';
import { locateMongod } from './embedded/locate-binary.ts';

/** The MongoDB that holds the control database and is the first cluster. */
export interface Deployment extends AsyncDisposable {
  uri: string;
  /** How many namespaces (collections and indexes) it may hold before an operator says otherwise. */
  namespaceBudget: number;
}

/** A deployment of a medium size, by its vendor's ceilings (FACTS). */
const DEFAULT_BUDGET = 10_000;

/**
 * Each namespace is a file of the server, and a server that runs out of descriptors dies for everybody. Idle files
 * are closed, so more may exist than are open; half the limit leaves room for sockets and the journal.
 */
const BUDGET_PER_DESCRIPTOR = 0.5;

/** Uses `MONGODB_URI`, or opens the embedded server in `DATA_DIR`. Disposing of it leaves the embedded server. */
export async function openDeployment(config: Config, report: (line: string) => void): Promise<Deployment> {
  const { uri, mongodBinary } = config.mongo;
  if (uri !== undefined) {
    requireParseable(uri);
    return { uri, namespaceBudget: DEFAULT_BUDGET, [Symbol.asyncDispose]: () => Promise.resolve() };
  }
  await ensureDataDir(config.dataDir);
  const server = await openEmbeddedServer({
    dataDir: config.dataDir,
    binary: () =>
      locateMongod({
        cacheDir: join(config.dataDir, 'cache'),
        report,
        ...(mongodBinary === undefined ? {} : { mongodBinary }),
      }),
    report,
  });
  const { openFileLimit } = server;
  return {
    uri: server.uri,
    namespaceBudget:
      openFileLimit === undefined
        ? DEFAULT_BUDGET
        : Math.min(100_000, Math.floor(openFileLimit * BUDGET_PER_DESCRIPTOR)),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** @throws {SettingError} */
function requireParseable(uri: string): void {
  try {
    // Parses without connecting.
    new mongo.MongoClient(uri);
  } catch {
    throw new SettingError('MONGODB_URI', 'is not a connection string that can be used.');
  }
}

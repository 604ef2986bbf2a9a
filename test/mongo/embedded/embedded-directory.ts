import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import {
  openEmbeddedServer,
  type EmbeddedServerOptions,
} from '../../../src/mongo/embedded/embedded-server.ts';
import { TEST_ENGINE } from '../../../src/mongo/embedded/engine-options.ts';
import { locateMongod } from '../../../src/mongo/embedded/locate-binary.ts';

/** Shared by all tests of a checkout, so that the binary is fetched once per machine. */
const CACHE_DIR = process.env['TEST_CACHE_DIR'] ?? resolve(import.meta.dirname, '../../../.data/cache');

let binary: Promise<string> | undefined;

/** A mongod that runs here: the one of this machine, or fetched once. */
export function testMongod(): Promise<string> {
  binary ??= locateMongod({
    cacheDir: CACHE_DIR,
    mongodBinary: process.env['MONGOD_BINARY'],
    report: (line) => console.info(line),
  });
  return binary;
}

/** A data directory that is gone after the test; the server in it must be stopped before. */
export async function embeddedDirectory() {
  const path = await mkdtemp(join(tmpdir(), 'tenant-gateway-embedded-'));
  return {
    ...embeddedDirectoryAt(path),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 3 }),
  };
}

/** An existing data directory, for the process that shares another one's. */
export function embeddedDirectoryAt(path: string) {
  const reported: string[] = [];
  const open = (options: Partial<EmbeddedServerOptions> = {}) =>
    openEmbeddedServer({
      ...TEST_ENGINE,
      dataDir: path,
      binary: testMongod,
      report: (line) => reported.push(line),
      ...options,
    });
  return { home: join(path, 'mongodb'), path, reported, open };
}

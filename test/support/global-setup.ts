import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { openEmbeddedServer } from '../../src/mongo/embedded/embedded-server.ts';
import { TEST_ENGINE } from '../../src/mongo/embedded/engine-options.ts';
import { locateMongod } from '../../src/mongo/embedded/locate-binary.ts';
import type {} from './mongodb-uri.ts';

/** Shared with the gateway itself, so that a binary is downloaded once per checkout. */
const CACHE_DIR = fileURLToPath(new URL('../../.data/cache', import.meta.url));

/**
 * Starts one MongoDB for the whole run. `MONGODB_URI` is left alone on purpose: tests drop databases, and that
 * deployment may be somebody's real one.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const report = (line: string): void => void process.stderr.write(`${line}\n`);
  const dataDir = await mkdtemp(join(tmpdir(), 'tenant-gateway-test-'));
  const removeData = () => rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
  try {
    const server = await openEmbeddedServer({
      ...TEST_ENGINE,
      dataDir,
      binary: () => locateMongod({ mongodBinary: process.env['MONGOD_BINARY'], cacheDir: CACHE_DIR, report }),
      report,
    });
    // An interrupted run exits without its teardown, and the server would outlive it.
    const abandon = () => {
      process.kill(server.pid, 'SIGKILL');
      rmSync(dataDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    };
    process.once('exit', abandon);
    project.provide('mongodbUri', server.uri);
    return async () => {
      process.off('exit', abandon);
      await server[Symbol.asyncDispose]();
      await removeData();
    };
  } catch (failure) {
    await removeData();
    throw failure;
  }
}

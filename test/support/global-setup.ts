import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { ResourceStack } from '../../src/lib/resource-stack.ts';
import { openEmbeddedServer } from '../../src/mongo/embedded/embedded-server.ts';
import { TEST_ENGINE } from '../../src/mongo/embedded/engine-options.ts';
import { locateMongod } from '../../src/mongo/embedded/locate-binary.ts';
import type {} from './mongodb-uri.ts';

/** Shared with the gateway itself, so that a binary is downloaded once per checkout. */
const CACHE_DIR = fileURLToPath(new URL('../../.data/cache', import.meta.url));

const report = (line: string): void => void process.stderr.write(`${line}\n`);

/**
 * Starts the two MongoDB servers of the run: tenants of one gateway may live on different clusters, and only two real
 * ones show whether they do. `MONGODB_URI` is left alone on purpose: tests drop databases, and that deployment may be
 * somebody's real one.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // Located once: two servers that start at the same time would download it twice.
  const binary = locateMongod({ mongodBinary: process.env['MONGOD_BINARY'], cacheDir: CACHE_DIR, report });
  const stack = new ResourceStack();
  const opened = await Promise.allSettled([openServer(binary, stack), openServer(binary, stack)]);
  const [first, second] = opened;
  if (first.status === 'fulfilled' && second.status === 'fulfilled') {
    project.provide('mongodbUri', first.value);
    project.provide('secondMongodbUri', second.value);
    return () => stack[Symbol.asyncDispose]();
  }
  await stack[Symbol.asyncDispose]();
  throw first.status === 'rejected' ? first.reason : (second as PromiseRejectedResult).reason;
}

/** Starts a server in a directory of its own and answers its address; the stack stops it and removes its data. */
async function openServer(binary: Promise<string>, stack: ResourceStack): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'tenant-gateway-test-'));
  stack.defer(() => rm(dataDir, { recursive: true, force: true, maxRetries: 5 }));
  const server = await openEmbeddedServer({ ...TEST_ENGINE, dataDir, binary: () => binary, report });
  // An interrupted run exits without its teardown, and the server would outlive it.
  const abandon = () => {
    process.kill(server.pid, 'SIGKILL');
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };
  process.once('exit', abandon);
  stack.defer(async () => {
    process.off('exit', abandon);
    await server[Symbol.asyncDispose]();
  });
  return server.uri;
}

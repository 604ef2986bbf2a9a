import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mongo } from 'mongoose';
import { openEmbeddedServer } from '../src/mongo/embedded/embedded-server.ts';
import { locateMongod } from '../src/mongo/embedded/locate-binary.ts';

/** Shared with the gateway, so that a binary is downloaded once per checkout. */
const CACHE_DIR = fileURLToPath(new URL('../.data/cache', import.meta.url));

/** A MongoDB of the benches' own, tuned as `npm start` tunes it: majority writes wait for the disk. */
export interface BenchServer extends AsyncDisposable {
  uri: string;
  /** Its process. */
  pid: number;
  /** Opens a client; its owner closes it. */
  connect(options?: mongo.MongoClientOptions): Promise<mongo.MongoClient>;
}

export async function startServer(report: (line: string) => void): Promise<BenchServer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'tenant-gateway-bench-'));
  const removeData = () => rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
  try {
    const server = await openEmbeddedServer({
      dataDir,
      binary: () => locateMongod({ mongodBinary: process.env['MONGOD_BINARY'], cacheDir: CACHE_DIR, report }),
      report,
    });
    // An interrupted run exits without disposing, and the server would outlive it.
    const abandon = () => {
      process.kill(server.pid, 'SIGKILL');
      rmSync(dataDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    };
    process.once('exit', abandon);
    return {
      uri: server.uri,
      pid: server.pid,
      connect: (options) => new mongo.MongoClient(server.uri, options).connect(),
      async [Symbol.asyncDispose]() {
        process.off('exit', abandon);
        await server[Symbol.asyncDispose]();
        await removeData();
      },
    };
  } catch (failure) {
    await removeData();
    throw failure;
  }
}

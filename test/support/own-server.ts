import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type EmbeddedServer, openEmbeddedServer } from '../../src/mongo/embedded/embedded-server.ts';
import type { EngineOptions } from '../../src/mongo/embedded/engine-options.ts';
import { locateMongod } from '../../src/mongo/embedded/locate-binary.ts';

const CACHE_DIR = fileURLToPath(new URL('../../.data/cache', import.meta.url));

/** A MongoDB server of a test file's own: it can be stopped and killed without any other test noticing. */
export interface OwnServer extends AsyncDisposable {
  readonly uri: string;
  /** `SIGSTOP`: it falls silent with its connections open, until `SIGCONT`; `SIGKILL`: it is gone until {@link reopen}. */
  signal(signal: NodeJS.Signals): void;
  /** Starts it again with the data it had. */
  reopen(): Promise<void>;
}

/** `engine`: as in production when absent, so that what is acknowledged is on the disk. */
export async function openOwnServer(engine: EngineOptions = {}): Promise<OwnServer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'tenant-gateway-own-server-'));
  const report = () => undefined;
  const binary = () =>
    locateMongod({ mongodBinary: process.env['MONGOD_BINARY'], cacheDir: CACHE_DIR, report });
  const open = () => openEmbeddedServer({ ...engine, dataDir, binary, report });
  let server: EmbeddedServer = await open();
  const signal = (name: NodeJS.Signals): void => void process.kill(server.pid, name);
  // An interrupted run exits without disposing, and the server would outlive it.
  const abandon = () => signal('SIGKILL');
  process.once('exit', abandon);
  return {
    get uri() {
      return server.uri;
    },
    signal,
    async reopen() {
      server = await open();
    },
    async [Symbol.asyncDispose]() {
      process.off('exit', abandon);
      // One that is stopped could not stop.
      signal('SIGCONT');
      await server[Symbol.asyncDispose]();
      await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

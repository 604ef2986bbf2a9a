import { rm } from 'node:fs/promises';
import type { EngineOptions } from './engine-options.ts';
import { withFileLock } from './process/file-lock.ts';
import { openFileLimit } from './process/open-file-limit.ts';
import { serverUri } from './server/mongod-arguments.ts';
import { findProcess, findRunning, type RunningServer } from './server/running-server.ts';
import { serverHome, type ServerHome } from './server/server-home.ts';
import { countUsers, registerUser } from './server/server-users.ts';
import { startMongod } from './server/start-mongod.ts';
import { stopMongod } from './server/stop-mongod.ts';

/**
 * How this opener came by the server: it started it, found others using it, or found it left behind by a gateway
 * that was killed.
 */
export type ServerRole = 'started' | 'attached' | 'adopted';

/** A use of the embedded server. Disposing of it ends this use; the last one out stops the server. */
export interface EmbeddedServer extends AsyncDisposable {
  /** For `MongoClient`; transactions and change streams work. */
  readonly uri: string;
  readonly pid: number;
  readonly role: ServerRole;
  /** The server's output. */
  readonly logPath: string;
  /** How many files the server may have open; `undefined` where that cannot be told. What the cluster can hold follows from it. */
  readonly openFileLimit: number | undefined;
}

/** What {@link openEmbeddedServer} needs. */
export interface EmbeddedServerOptions extends EngineOptions {
  /** `DATA_DIR`; the server keeps everything in its `mongodb` directory. */
  dataDir: string;
  /** Called only when a server has to be started. */
  binary(): Promise<string>;
  /** Receives one line per event worth telling a person. */
  report(line: string): void;
  /** How long a start may take, in milliseconds; 120,000 when absent: after a crash the journal is replayed first. */
  startMs?: number;
  /** How long a running server may take to answer, in milliseconds; 15,000 when absent. */
  answerMs?: number;
  /** How long a stop may take before the server is killed, in milliseconds; 15,000 when absent. */
  stopMs?: number;
}

/**
 * Opens the MongoDB server that lives in `dataDir`: a replica set of one member on a loopback port. Any number of
 * processes may have it open at once; the first starts it and the last stops it.
 *
 * @throws Error of one line: no binary, a directory that is damaged or held by a process that does not answer. It
 * names the log file and says what to do.
 * @example
 * await using server = await openEmbeddedServer({
 *   dataDir: '.data',
 *   binary: () => locateMongod({ cacheDir: '.data/cache', report }),
 *   report,
 * });
 * const client = new mongo.MongoClient(server.uri);
 */
export async function openEmbeddedServer(options: EmbeddedServerOptions): Promise<EmbeddedServer> {
  const home = await serverHome(options.dataDir);
  const { startMs = 120_000, answerMs = 15_000, stopMs = 15_000, report } = options;
  const lock = { path: home.lockPath, waitMs: startMs + stopMs };
  const use = async (server: RunningServer, role: ServerRole): Promise<EmbeddedServer> => {
    const user = await registerUser(home);
    let closing: Promise<void> | undefined;
    return {
      uri: serverUri(server.port),
      pid: server.pid,
      role,
      logPath: home.logPath,
      openFileLimit: await openFileLimit(server.pid),
      [Symbol.asyncDispose]: () => (closing ??= withFileLock(lock, () => leave(home, user, stopMs))),
    };
  };
  const attach = async (): Promise<EmbeddedServer | undefined> => {
    const running = await findRunning(home, { answerMs, engine: options });
    if (!running) return undefined;
    const isShared = (await countUsers(home)) > 0;
    if (!isShared) report(`Adopted the mongod that a killed gateway left behind (process ${running.pid})`);
    return await use(running, isShared ? 'attached' : 'adopted');
  };
  const attached = await withFileLock(lock, attach);
  if (attached) return attached;
  // Outside of the lock: a download may take minutes, and whoever holds the lock keeps everybody from leaving.
  const binary = await options.binary();
  return await withFileLock(
    lock,
    async () =>
      (await attach()) ??
      (await use(await startMongod(home, binary, { startMs, report, engine: options }), 'started')),
  );
}

async function leave(home: ServerHome, user: string, stopMs: number): Promise<void> {
  await rm(user, { force: true });
  if ((await countUsers(home)) > 0) return;
  const server = await findProcess(home);
  if (server) await stopMongod(server, { stopMs });
}

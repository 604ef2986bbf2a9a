import { readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { mongo } from 'mongoose';
import { commandLine } from './command-line.ts';
import type { EngineOptions } from './engine-options.ts';
import { processStamp } from './process-stamp.ts';
import { directClient, ensurePrimary } from './replica-set.ts';
import type { ServerHome } from './server-home.ts';
import { readServerState } from './server-state.ts';
import { waitForPort } from './wait-for-port.ts';

/** A server that runs on a home. */
export interface RunningServer {
  pid: number;
  port: number;
}

/**
 * The process that runs on a home, as its state file says, or where that is damaged or lost as the server's own lock
 * file says. Nothing is asked of the server itself.
 */
export async function findProcess(
  home: ServerHome,
): Promise<(RunningServer & { stamp: string }) | undefined> {
  const state = await readServerState(home);
  if (state && (await processStamp(state.pid)) === state.stamp) return state;
  const pid = Number((await readFile(join(home.dbPath, 'mongod.lock'), 'utf8').catch(() => '')).trim());
  const stamp = await processStamp(pid);
  if (!stamp) return undefined;
  const args = await commandLine(pid);
  const port = Number(args[args.indexOf('--port') + 1]);
  return args.includes(home.dbPath) && port > 0 ? { pid, port, stamp } : undefined;
}

/**
 * Finds the server that runs on a home, makes sure that it is ours and waits until it is primary. Called under the lock.
 *
 * @returns `undefined` when none runs, or when it ended while it was asked.
 * @throws Error of one line when a process holds the directory and does not answer, or another server answers.
 */
export async function findRunning(
  home: ServerHome,
  options: { answerMs: number; engine: EngineOptions },
): Promise<RunningServer | undefined> {
  const found = await findProcess(home);
  if (!found) return undefined;
  const { pid, port, stamp } = found;
  const deadline = Date.now() + options.answerMs;
  const isGone = async () => (await processStamp(pid)) !== stamp;
  const client = directClient(port);
  try {
    const isUp = await waitForPort(port, async () => Date.now() > deadline || (await isGone()));
    if (!isUp) throw new Error('it does not answer');
    if (!(await isOurs(client, home))) throw new Error('another server answers there');
    await ensurePrimary(client, port, {
      engine: options.engine,
      waitMs: Math.max(deadline - Date.now(), 1_000),
    });
    return { pid, port };
  } catch (failure) {
    if (await isGone()) return undefined;
    throw new Error(
      `mongod (process ${pid}, port ${port}) holds ${home.dbPath} but cannot be used: ${failure instanceof Error ? failure.message : String(failure)}; stop it (kill ${pid}) and try again`,
      { cause: failure },
    );
  } finally {
    await client.close();
  }
}

async function isOurs(client: mongo.MongoClient, home: ServerHome): Promise<boolean> {
  const options = await client.db('admin').command({ getCmdLineOpts: 1 });
  const { storage } = options['parsed'] as { storage?: { dbPath?: string } };
  if (!storage?.dbPath) return false;
  return (await realpath(storage.dbPath).catch(() => undefined)) === (await realpath(home.dbPath));
}

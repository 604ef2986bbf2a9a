import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EngineOptions } from '../engine-options.ts';
import { commandLine } from '../process/command-line.ts';
import { oneLine } from '../process/one-line.ts';
import { processStamp } from '../process/process-stamp.ts';
import { reachPrimary } from './reach-primary.ts';
import type { ServerHome } from './server-home.ts';
import { readServerState } from './server-state.ts';

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
 * Finds the server that runs on a home and waits until it is primary. Called under the lock.
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
  const until = async () => Date.now() > deadline || (await isGone());
  try {
    await reachPrimary(home, port, { engine: options.engine, until });
    return { pid, port };
  } catch (failure) {
    if (await isGone()) return undefined;
    const holder = `mongod (process ${pid}, port ${port}) holds ${home.dbPath}`;
    throw new Error(
      `${holder} but cannot be used: ${oneLine(failure)}; stop it (kill ${pid}) and try again`,
      { cause: failure },
    );
  }
}

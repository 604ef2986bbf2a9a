import type { EngineOptions } from '../engine-options.ts';
import { oneLine } from '../process/one-line.ts';
import { processStamp } from '../process/process-stamp.ts';
import { fatalLine } from './fatal-line.ts';
import { freePort } from './loopback-port.ts';
import { mongodArguments, serverUri } from './mongod-arguments.ts';
import { reachPrimary } from './reach-primary.ts';
import type { RunningServer } from './running-server.ts';
import type { ServerHome } from './server-home.ts';
import { readServerState, writeServerState } from './server-state.ts';
import { spawnMongod } from './spawn-mongod.ts';
import { stopMongod } from './stop-mongod.ts';

/** A port can be lost between choosing it and binding it, hardly three times. */
const PORT_ATTEMPTS = 3;

/** How to start: `startMs` bounds one attempt, in milliseconds. */
export interface StartOptions {
  engine: EngineOptions;
  startMs: number;
  report(line: string): void;
}

/**
 * Starts the server of a home, on the port of the last run if that is free, and waits until it is primary. Called
 * under the lock.
 *
 * @throws Error of one line that names the log file and the last fatal message in it.
 */
export async function startMongod(
  home: ServerHome,
  binary: string,
  options: StartOptions,
): Promise<RunningServer> {
  let preferred = (await readServerState(home))?.port;
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort(preferred);
    if (preferred !== undefined && port !== preferred) {
      options.report(`Port ${preferred} of the embedded MongoDB is taken; it moves to ${port}`);
    }
    try {
      return await startOn(home, port, binary, options);
    } catch (failure) {
      if (attempt === PORT_ATTEMPTS || !/address already in use/i.test(String(failure))) throw failure;
      preferred = undefined;
    }
  }
}

async function startOn(
  home: ServerHome,
  port: number,
  binary: string,
  options: StartOptions,
): Promise<RunningServer> {
  const deadline = Date.now() + options.startMs;
  const mongod = await spawnMongod(binary, mongodArguments(home, port, options.engine), home.logPath);
  const { pid } = mongod;
  const stamp = (await processStamp(pid)) ?? 'gone';
  const startedAt = new Date().toISOString();
  // Written before it answers: a gateway killed at this moment leaves a server that the next one can find.
  await writeServerState(home, { pid, stamp, port, uri: serverUri(port), startedAt });
  try {
    const until = () => mongod.hasEnded() || Date.now() > deadline;
    await reachPrimary(home, port, { engine: options.engine, until });
    return { pid, port };
  } catch (failure) {
    const why = mongod.hasEnded() ? await mongod.ended : oneLine(failure);
    // Before its log is read: it may be about to say that it lost the port.
    await stopMongod({ pid, stamp }, { stopMs: 2_000 });
    const said = (await fatalLine(home.logPath, mongod.logFrom)) ?? 'it said nothing';
    throw new Error(`mongod did not start (${why}): ${said}; its log is ${home.logPath}`, { cause: failure });
  }
}

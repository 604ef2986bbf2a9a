import type { EngineOptions } from './engine-options.ts';
import { fatalLine } from './fatal-line.ts';
import { freePort } from './free-port.ts';
import { mongodArguments } from './mongod-arguments.ts';
import { processStamp } from './process-stamp.ts';
import { directClient, ensurePrimary, serverUri } from './replica-set.ts';
import type { RunningServer } from './running-server.ts';
import type { ServerHome } from './server-home.ts';
import { readServerState, writeServerState } from './server-state.ts';
import { spawnMongod } from './spawn-mongod.ts';
import { stopMongod } from './stop-mongod.ts';
import { waitForPort } from './wait-for-port.ts';

/** A port can be lost between choosing it and binding it, hardly three times. */
const PORT_ATTEMPTS = 3;

/** How to start: `startMs` bounds all of it, in milliseconds. */
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
  // Written before it answers: a gateway killed at this moment leaves a server that the next one can find.
  const stamp = (await processStamp(pid)) ?? 'gone';
  await writeServerState(home, {
    pid,
    stamp,
    port,
    uri: serverUri(port),
    startedAt: new Date().toISOString(),
  });
  const fail = async (why: string): Promise<never> => {
    const said = await fatalLine(home.logPath, mongod.logFrom);
    throw new Error(
      `mongod did not start (${why}): ${said ?? 'it said nothing'}; its log is ${home.logPath}`,
    );
  };
  try {
    const isUp = await waitForPort(port, () => mongod.hasEnded() || Date.now() > deadline);
    if (!isUp) return await fail(mongod.hasEnded() ? await mongod.ended : 'no answer in time');
    const client = directClient(port);
    try {
      const primary = ensurePrimary(client, port, { engine: options.engine, waitMs: deadline - Date.now() });
      const ended = await Promise.race([primary, mongod.ended]);
      if (typeof ended === 'string') {
        primary.catch(() => undefined);
        return await fail(ended);
      }
    } finally {
      await client.close();
    }
    return { pid, port };
  } catch (failure) {
    await stopMongod({ pid, stamp }, { stopMs: 2_000 });
    throw failure;
  }
}

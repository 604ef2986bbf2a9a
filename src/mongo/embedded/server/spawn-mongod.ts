import { spawn } from 'node:child_process';
import { open, rename, stat } from 'node:fs/promises';

/** The log begins anew at a start when it is longer than this. */
const LOG_BYTES = 16 * 1_024 * 1_024;

/** The limit of open files is raised as far as this user may; where that is refused the server runs with what it has. */
const RAISE_AND_EXEC = 'ulimit -n "$(ulimit -H -n)" 2>/dev/null || true; exec "$0" "$@"';

/** A server that was just started. */
export interface SpawnedMongod {
  pid: number;
  /** Resolves when it has ended, to what to call that. */
  ended: Promise<string>;
  /** Whether it has ended. */
  hasEnded(): boolean;
  /** Where its part of the log begins. */
  logFrom: number;
}

/**
 * Starts mongod as the leader of a session of its own, so that Ctrl-C in the terminal stops the gateway and the
 * gateway stops the server, in this order. This process can exit while the server runs.
 *
 * @throws Error when it cannot be executed.
 */
export async function spawnMongod(
  binary: string,
  args: readonly string[],
  logPath: string,
): Promise<SpawnedMongod> {
  const size = await stat(logPath).then(
    (entry) => entry.size,
    () => 0,
  );
  if (size > LOG_BYTES) await rename(logPath, `${logPath}.1`);
  // What the loader or an abort writes to stderr belongs in the log as well.
  const log = await open(logPath, 'a', 0o600);
  try {
    const stdio: ['ignore', number, number] = ['ignore', log.fd, log.fd];
    const child =
      process.platform === 'win32'
        ? spawn(binary, [...args], { detached: true, windowsHide: true, stdio })
        : spawn('/bin/sh', ['-c', RAISE_AND_EXEC, binary, ...args], { detached: true, stdio });
    let hasEnded = false;
    const ended = new Promise<string>((resolve) => {
      child.once('error', (failure) => resolve(failure.message));
      child.once('exit', (code, signal) => resolve(signal ? `signal ${signal}` : `exit code ${code}`));
    });
    void ended.then(() => (hasEnded = true));
    child.unref();
    if (child.pid === undefined) throw new Error(await ended);
    return { pid: child.pid, ended, hasEnded: () => hasEnded, logFrom: size > LOG_BYTES ? 0 : size };
  } finally {
    await log.close();
  }
}

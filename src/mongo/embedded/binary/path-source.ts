import { OLDEST_MONGOD, checkMongod } from './check-mongod.ts';
import type { BinarySource } from './binary-source.ts';
import { runCommand } from '../process/run-command.ts';

/** `mongod` on the PATH. */
export const pathSource: BinarySource = async ({ environment }) => {
  const path = await onPath(environment);
  const flaw = path ? await checkMongod(path, environment) : undefined;
  if (path && !flaw) return { kind: 'found', path };
  if (path) {
    return {
      kind: 'refused',
      line: `${path} on the PATH: it ${flaw}; install MongoDB ${OLDEST_MONGOD} or newer, or set MONGOD_BINARY`,
    };
  }
  return {
    kind: 'absent',
    line: `No mongod on the PATH; install MongoDB ${OLDEST_MONGOD} or newer, or set MONGOD_BINARY to one`,
  };
};

async function onPath(environment: NodeJS.ProcessEnv | undefined): Promise<string | undefined> {
  const isWindows = process.platform === 'win32';
  const found = isWindows
    ? await runCommand('where.exe', ['mongod'], { timeoutMs: 5_000, environment })
    : await runCommand('/bin/sh', ['-c', 'command -v mongod'], { timeoutMs: 5_000, environment });
  return found.code === 0 ? found.stdout.split(/\r?\n/, 1)[0] : undefined;
}

import { oneLine } from '../process/one-line.ts';
import { runCommand } from '../process/run-command.ts';

/** The oldest server the gateway is written for. */
export const OLDEST_MONGOD = '6.0';

/**
 * Runs `mongod --version`.
 *
 * @returns why the binary cannot be used, in words that follow "it"; `undefined` when it can.
 */
export async function checkMongod(
  path: string,
  environment?: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  // A cold 140 MB binary on a slow disk takes seconds to load.
  const result = await runCommand(path, ['--version'], { timeoutMs: 20_000, environment });
  if (result.code === 'ENOENT') return 'is not there';
  if (result.code === 'EACCES') return 'may not be executed';
  const library = /(lib(?:ssl|crypto|curl)[\w.-]*): cannot open shared object/.exec(result.stderr)?.[1];
  if (library) return `needs ${library}, which this machine lacks`;
  const [, version, major] = /db version v?((\d+)\.\d+\.\d+)/.exec(result.stdout) ?? [];
  if (result.code !== 0 || !version) {
    return `did not answer --version (${result.code}${result.stderr ? `: ${oneLine(result.stderr)}` : ''})`;
  }
  return Number(major) >= Number.parseInt(OLDEST_MONGOD, 10) ? undefined : `is version ${version}, too old`;
}

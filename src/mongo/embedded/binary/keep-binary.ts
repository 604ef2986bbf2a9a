import { chmod, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { checkMongod } from './check-mongod.ts';

/**
 * Fetches a server into a directory of its own in the cache and moves it to its place with one rename, so that
 * another process sees all of it or nothing. Called under the fetch lock.
 *
 * @param fetch - puts a mongod somewhere below the directory it is given and returns its path.
 * @throws Error when fetching fails or what was fetched does not run here.
 */
export async function keepBinary(
  target: { cacheDir: string; path: string; environment?: NodeJS.ProcessEnv | undefined },
  fetch: (workDir: string) => Promise<string>,
): Promise<string> {
  const workDir = join(target.cacheDir, 'fetching');
  // A fetch that was killed left half an archive.
  await rm(workDir, { recursive: true, force: true });
  await mkdir(workDir, { recursive: true });
  try {
    const fetched = await fetch(workDir);
    await chmod(fetched, 0o755);
    const flaw = await checkMongod(fetched, target.environment);
    if (flaw) throw new Error(`the fetched mongod ${flaw}`);
    await rename(fetched, target.path);
    return target.path;
  } finally {
    await rm(workDir, { recursive: true, force: true });
  }
}

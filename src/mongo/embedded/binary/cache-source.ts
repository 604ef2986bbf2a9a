import { existsSync } from 'node:fs';
import type { BinarySource } from './binary-source.ts';
import { OFFICIAL_VERSION, WHEEL_VERSION, cachedBinary } from './cached-binary.ts';
import { checkMongod } from './check-mongod.ts';

/** What an earlier run fetched. */
export const cacheSource: BinarySource = async ({ cacheDir, environment }) => {
  const paths = [OFFICIAL_VERSION, WHEEL_VERSION].map((version) => cachedBinary(cacheDir, version));
  const flaws: string[] = [];
  for (const path of paths.filter((path) => existsSync(path))) {
    const flaw = await checkMongod(path, environment);
    if (!flaw) return { kind: 'found', path };
    flaws.push(`${path}: it ${flaw}`);
  }
  if (flaws.length > 0) {
    return { kind: 'refused', line: `Cached mongod ${flaws.join(', ')}; delete it, another will be fetched` };
  }
  return {
    kind: 'absent',
    line: `No mongod in the cache; it will be fetched, or put one at ${paths[0]}`,
  };
};

import { access } from 'node:fs/promises';
import { OFFICIAL_VERSION, WHEEL_VERSION, cachedBinary } from '../cached-binary.ts';
import type { BinarySource } from '../binary-source.ts';
import { checkMongod } from '../check-mongod.ts';

/** What an earlier run fetched. */
export const cacheSource: BinarySource = async ({ cacheDir, environment }) => {
  const flaws: string[] = [];
  for (const version of [OFFICIAL_VERSION, WHEEL_VERSION]) {
    const path = cachedBinary(cacheDir, version);
    if (
      !(await access(path).then(
        () => true,
        () => false,
      ))
    )
      continue;
    const flaw = await checkMongod(path, environment);
    if (!flaw) return { kind: 'found', path };
    flaws.push(`${path}: it ${flaw}`);
  }
  if (flaws.length > 0) return { kind: 'refused', line: `Cached mongod ${flaws.join(', ')}; delete it` };
  return {
    kind: 'absent',
    line: `No mongod in the cache; it will be fetched, or put one at ${cachedBinary(cacheDir, OFFICIAL_VERSION)}`,
  };
};

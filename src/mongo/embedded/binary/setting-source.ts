import { OLDEST_MONGOD, checkMongod } from './check-mongod.ts';
import type { BinarySource } from './binary-source.ts';

/** `MONGOD_BINARY`. What the user names must work: falling through would hide the mistake. */
export const settingSource: BinarySource = async ({ mongodBinary, environment }) => {
  if (!mongodBinary) return undefined;
  const flaw = await checkMongod(mongodBinary, environment);
  if (!flaw) return { kind: 'found', path: mongodBinary };
  return {
    kind: 'fatal',
    line: `MONGOD_BINARY=${mongodBinary}: it ${flaw}; point it at a mongod ${OLDEST_MONGOD} or newer, or unset it`,
  };
};

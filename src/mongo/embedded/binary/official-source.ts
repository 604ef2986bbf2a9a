import { OFFICIAL_VERSION, cachedBinary } from './cached-binary.ts';
import type { BinarySource } from './binary-source.ts';
import { keepBinary } from './keep-binary.ts';
import { oneLine } from '../process/one-line.ts';

/** The official download; `mongodb-memory-server-core` knows which archive fits this platform. */
export const officialSource: BinarySource = async ({ cacheDir, environment, progress }) => {
  const path = cachedBinary(cacheDir, OFFICIAL_VERSION);
  try {
    // Imported here: it reads the disk when it is loaded, and most starts do not need it.
    const { OfficialDownload } = await import('./official-download.ts');
    return {
      kind: 'found',
      path: await keepBinary({ cacheDir, path, environment }, (workDir) =>
        OfficialDownload.fetch(workDir, OFFICIAL_VERSION, progress),
      ),
    };
  } catch (failure) {
    return {
      kind: 'refused',
      line: `Official download of mongod ${OFFICIAL_VERSION}: ${oneLine(failure)}; set MONGOMS_DOWNLOAD_MIRROR to a mirror you reach, or put a mongod at ${path}`,
    };
  }
};

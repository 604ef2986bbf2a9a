import { mkdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';

/** The files of one embedded server, all below `DATA_DIR/mongodb`. */
export interface ServerHome {
  dir: string;
  dbPath: string;
  logPath: string;
  statePath: string;
  usersDir: string;
  lockPath: string;
}

/** Makes the directories; readable by this user only, as the server asks nobody for a password. */
export async function serverHome(dataDir: string): Promise<ServerHome> {
  const home = join(dataDir, 'mongodb');
  await mkdir(home, { recursive: true, mode: 0o700 });
  // The real path: the same directory reached through a link must be the same server.
  const dir = await realpath(home);
  const usersDir = join(dir, 'users');
  const dbPath = join(dir, 'data');
  await Promise.all([usersDir, dbPath].map((path) => mkdir(path, { recursive: true, mode: 0o700 })));
  return {
    dir,
    dbPath,
    logPath: join(dir, 'mongod.log'),
    statePath: join(dir, 'server.json'),
    usersDir,
    lockPath: join(dir, 'server.lock'),
  };
}

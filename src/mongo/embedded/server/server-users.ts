import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isClaimLive, ownClaim, readClaim } from '../process/process-claim.ts';
import type { ServerHome } from './server-home.ts';
import { writeAtomic } from '../process/write-atomic.ts';

/** Notes that this process uses the server; called under the lock. Returns the path that ends it when removed. */
export async function registerUser(home: ServerHome): Promise<string> {
  const claim = await ownClaim();
  const path = join(home.usersDir, `${claim.pid}-${claim.id}.json`);
  await writeAtomic(path, JSON.stringify(claim));
  return path;
}

/** How many live users there are; forgets those whose process is gone. Called under the lock. */
export async function countUsers(home: ServerHome): Promise<number> {
  const paths = (await readdir(home.usersDir)).map((name) => join(home.usersDir, name));
  const alive = await Promise.all(
    paths.map(async (path) => {
      const isLive = await isClaimLive(await readClaim(path));
      if (!isLive) await rm(path, { force: true });
      return isLive;
    }),
  );
  return alive.filter(Boolean).length;
}

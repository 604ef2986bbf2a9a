import { link, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isClaimLive, ownClaim, readClaim } from './process-claim.ts';

/**
 * Runs a task while no other holder of the lock runs one, in this process or another on this machine. The lock of a
 * process that died is taken over.
 *
 * @param options.path - the lock file; its directory must exist.
 * @param options.waitMs - how long to wait for a live holder, in milliseconds.
 * @throws Error naming the holder when it does not let go in time, or whatever the task throws.
 */
export async function withFileLock<Result>(
  options: { path: string; waitMs: number },
  task: () => Promise<Result>,
): Promise<Result> {
  const claim = await ownClaim();
  const draft = join(dirname(options.path), `.claim-${claim.id}`);
  try {
    await writeFile(draft, JSON.stringify(claim), { mode: 0o600 });
    await acquire(options, draft);
  } finally {
    await rm(draft, { force: true });
  }
  try {
    return await task();
  } finally {
    await rm(options.path, { force: true });
  }
}

async function acquire({ path, waitMs }: { path: string; waitMs: number }, draft: string): Promise<void> {
  const deadline = Date.now() + waitMs;
  while (!(await isLinked(draft, path))) {
    if (await breakStale(path, draft)) continue;
    if (Date.now() > deadline) {
      const holder = await readClaim(path);
      const who = typeof holder === 'string' ? 'another process' : `process ${holder.pid}`;
      throw new Error(`${who} has held ${path} for ${Math.round(waitMs / 1_000)} s; stop it and try again`);
    }
    await sleep(15 + Math.random() * 15);
  }
}

/** Linking a written draft is exclusive creation whose content is there from the first moment. */
async function isLinked(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw failure;
  }
}

/**
 * Removes a lock whose holder died. Two processes may find the same dead lock; the slower one must not remove the
 * lock that the faster one has made since. So the right to remove is itself a lock, and the claim is read again under
 * it. That one may be left by a process that died, too, and is then broken the same way.
 *
 * @returns whether trying for the lock again at once makes sense.
 */
async function breakStale(path: string, draft: string): Promise<boolean> {
  const stale = await readClaim(path);
  if (stale === 'absent') return true;
  if (await isClaimLive(stale)) return false;
  const right = `${path}.break`;
  if (!(await isLinked(draft, right))) return await breakStale(right, draft);
  try {
    if (await isLeftBehind(path)) await rm(path, { force: true });
    return true;
  } finally {
    await rm(right, { force: true });
  }
}

async function isLeftBehind(path: string): Promise<boolean> {
  const claim = await readClaim(path);
  // An absent lock may be taken between this look and the removal.
  return claim !== 'absent' && !(await isClaimLive(claim));
}

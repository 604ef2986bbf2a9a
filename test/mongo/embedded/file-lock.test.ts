import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { withFileLock } from '../../../src/mongo/embedded/process/file-lock.ts';

async function lockDirectory() {
  const path = await mkdtemp(join(tmpdir(), 'tenant-gateway-lock-'));
  return {
    path,
    lock: { path: join(path, 'lock'), waitMs: 5_000 },
    [Symbol.asyncDispose]: () => rm(path, { recursive: true }),
  };
}

/** What a process that is gone by now would have written. */
function deadClaim(id: string): string {
  const { pid } = spawnSync(process.execPath, ['--version']);
  return JSON.stringify({ pid, stamp: 'earlier', id });
}

/** Runs tasks that all want the lock; returns how many ran at once at the most. */
async function contend(lock: { path: string; waitMs: number }, tasks: number): Promise<number> {
  let running = 0;
  let most = 0;
  const task = async () => {
    most = Math.max(most, (running += 1));
    await sleep(2);
    running -= 1;
  };
  await Promise.all(Array.from({ length: tasks }, () => withFileLock(lock, task)));
  return most;
}

describe('the file lock', () => {
  test('lets one task run at a time and leaves nothing behind', async () => {
    await using directory = await lockDirectory();
    expect(await contend(directory.lock, 20)).toBe(1);
    expect(await readdir(directory.path)).toEqual([]);
  });

  test('of a dead process is taken over by one of many', async () => {
    await using directory = await lockDirectory();
    await writeFile(directory.lock.path, deadClaim('first'));
    expect(await contend(directory.lock, 20)).toBe(1);
    expect(await readdir(directory.path)).toEqual([]);
  });

  test('is taken over though the process that was taking it over died, too', async () => {
    await using directory = await lockDirectory();
    await writeFile(directory.lock.path, deadClaim('first'));
    await writeFile(`${directory.lock.path}.break`, deadClaim('second'));
    expect(await contend(directory.lock, 5)).toBe(1);
  });

  test('is taken over when a crash of the machine emptied its files', async () => {
    await using directory = await lockDirectory();
    await writeFile(directory.lock.path, '');
    await writeFile(`${directory.lock.path}.break`, '');
    expect(await contend(directory.lock, 5)).toBe(1);
  });

  test('names the holder that does not let go in time', async () => {
    await using directory = await lockDirectory();
    const { path } = directory.lock;
    await withFileLock(directory.lock, async () => {
      const waiting = withFileLock({ path, waitMs: 50 }, () => Promise.resolve());
      await expect(waiting).rejects.toThrow(
        `process ${process.pid} has held ${path} for 0 s; stop it and try again`,
      );
    });
  });

  test('is free again after a task that failed', async () => {
    await using directory = await lockDirectory();
    const failing = withFileLock(directory.lock, () => Promise.reject(new Error('no luck')));
    await expect(failing).rejects.toThrow('no luck');
    expect(await withFileLock(directory.lock, () => Promise.resolve('free'))).toBe('free');
  });
});

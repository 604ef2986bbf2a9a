import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { KeyedPool, type KeyedPoolOptions } from '../../src/lib/keyed-pool.ts';
import { eventually } from '../support/eventually.ts';

interface Source {
  tenant: string;
  epoch: number;
}

interface Opened extends Source {
  isClosed: boolean;
}

/** A pool that notes what it opened, with openings the test lets happen when it wants. */
function benchPool(options: Partial<KeyedPoolOptions<Source, Opened>> = {}) {
  const opened: Opened[] = [];
  const closeErrors: unknown[] = [];
  const pool = new KeyedPool<Source, Opened>({
    key: ({ tenant }) => tenant,
    version: ({ epoch }) => epoch,
    open: async (source) => {
      const value = { ...source, isClosed: false };
      opened.push(value);
      await sleep(1);
      return value;
    },
    close: async (value) => {
      await sleep(1);
      value.isClosed = true;
    },
    capacity: 2,
    drainDeadlineMs: 60_000,
    onCloseError: (error) => closeErrors.push(error),
    ...options,
  });
  return { pool, opened, closeErrors };
}

const acme = { tenant: 'acme', epoch: 1 };
const globex = { tenant: 'globex', epoch: 1 };
const initech = { tenant: 'initech', epoch: 1 };

test('two callers at once share one opening, and other keys open by themselves', async () => {
  const { pool, opened } = benchPool();
  const leases = [pool.lease(acme), pool.lease(acme), pool.lease(globex)];
  const [first, second, other] = await Promise.all(leases.map(({ value }) => value));
  expect(first).toBe(second);
  expect(other?.tenant).toBe('globex');
  expect(opened).toHaveLength(2);
  for (const lease of leases) lease.release();
  await pool[Symbol.asyncDispose]();
});

test('shows what is open to whoever only looks, and nothing that is opening, evicted or of another key', async () => {
  const { pool } = benchPool();
  const lease = pool.lease(acme);
  expect(pool.peek('acme')).toBeUndefined();
  const value = await lease.value;
  expect([pool.peek('acme'), pool.peek('globex')]).toEqual([value, undefined]);
  const gone = pool.evict('acme');
  expect(pool.peek('acme')).toBeUndefined();
  lease.release();
  await gone;
});

test('keeps an evicted value open until its last lease is released', async () => {
  const { pool } = benchPool();
  const one = pool.lease(acme);
  const two = pool.lease(acme);
  const value = await one.value;
  let isGone = false;
  const gone = pool.evict('acme').then(() => (isGone = true));
  one.release();
  one.release();
  await sleep(20);
  expect([value.isClosed, isGone, two.abort.isAborted]).toEqual([false, false, false]);
  two.release();
  await gone;
  expect(value.isClosed).toBe(true);
  expect(pool.drainingCount).toBe(0);
});

test('opens anew for a lease that comes while the evicted value drains', async () => {
  const { pool, opened } = benchPool();
  const before = pool.lease(acme);
  void pool.evict('acme');
  const after = pool.lease(acme);
  expect(await after.value).not.toBe(await before.value);
  expect(opened).toHaveLength(2);
  before.release();
  await eventually(() => expect(opened[0]?.isClosed).toBe(true));
  expect(opened[1]?.isClosed).toBe(false);
  after.release();
  await pool[Symbol.asyncDispose]();
  expect(opened[1]?.isClosed).toBe(true);
});

test('closes a value that is evicted while it opens, once it is open and nobody holds it', async () => {
  let open: (value: Opened) => void = () => undefined;
  const { pool } = benchPool({ open: () => new Promise((resolve) => (open = resolve)) });
  const lease = pool.lease(acme);
  const gone = pool.evict('acme');
  lease.release();
  const value = { ...acme, isClosed: false };
  open(value);
  await gone;
  expect(value.isClosed).toBe(true);
});

test('forgets a failed opening: everyone who waited learns of it, and the next lease tries again', async () => {
  let attempts = 0;
  const { pool } = benchPool({
    open: async (source) => {
      attempts += 1;
      await sleep(1);
      if (attempts === 1) throw new Error('no such host');
      return { ...source, isClosed: false };
    },
  });
  const failing = [pool.lease(acme), pool.lease(acme)];
  for (const { value } of failing) await expect(value).rejects.toThrow('no such host');
  const retry = pool.lease(acme);
  const value = await retry.value;
  // Released late: the failed opening must not take the new value with it.
  for (const lease of failing) lease.release();
  expect([attempts, pool.size, value.isClosed]).toEqual([2, 1, false]);
  retry.release();
  await pool[Symbol.asyncDispose]();
  expect(value.isClosed).toBe(true);
});

test('a failed opening that idles out does not take its successor with it', async () => {
  let attempts = 0;
  const { pool } = benchPool({
    idleMs: 20,
    open: async (source) => {
      attempts += 1;
      if (attempts === 1) throw new Error('no such host');
      return { ...source, isClosed: false };
    },
  });
  const failing = pool.lease(acme);
  await expect(failing.value).rejects.toThrow('no such host');
  failing.release();
  const retry = pool.lease(acme);
  const value = await retry.value;
  await sleep(60);
  expect([pool.size, value.isClosed]).toEqual([1, false]);
  retry.release();
});

test('a newer version opens anew, and the leases of the older one end at once', async () => {
  const { pool, opened } = benchPool({ abortReason: () => new Error('superseded') });
  const old = pool.lease(acme);
  const other = pool.lease(globex);
  await old.value;
  const moved = pool.lease({ ...acme, epoch: 2 });
  expect(old.abort.reason).toEqual(new Error('superseded'));
  expect([moved.abort.isAborted, other.abort.isAborted]).toEqual([false, false]);
  expect((await moved.value).epoch).toBe(2);
  expect(opened[0]?.isClosed).toBe(false);
  old.release();
  await eventually(() =>
    expect(opened.find(({ epoch, tenant }) => tenant === 'acme' && epoch === 1)?.isClosed).toBe(true),
  );
  // A caller whose record is out of date works at the new place, never at the old one.
  const late = pool.lease(acme);
  expect((await late.value).epoch).toBe(2);
  for (const lease of [moved, other, late]) lease.release();
  await pool[Symbol.asyncDispose]();
});

test('aborts the leases and closes the value when draining takes too long', async () => {
  const { pool, opened } = benchPool({ drainDeadlineMs: 30 });
  const stuck = pool.lease(acme);
  const untouched = pool.lease(globex);
  await stuck.value;
  await pool.evict('acme');
  expect([stuck.abort.isAborted, untouched.abort.isAborted]).toEqual([true, false]);
  expect(opened.map(({ isClosed }) => isClosed)).toEqual([true, false]);
  stuck.release();
  untouched.release();
  await pool[Symbol.asyncDispose]();
});

test('evicts and aborts in one step, and waits for the holders to let go', async () => {
  const { pool, opened } = benchPool();
  const lease = pool.lease(acme);
  await lease.value;
  const gone = pool.evict('acme', { isAborting: true });
  expect(lease.abort.isAborted).toBe(true);
  await sleep(20);
  expect(opened[0]?.isClosed).toBe(false);
  lease.release();
  await gone;
  expect(opened[0]?.isClosed).toBe(true);
});

test('makes room by closing what was used least recently', async () => {
  const { pool, opened } = benchPool({ capacity: 2 });
  for (const source of [acme, globex, acme, initech]) {
    const lease = pool.lease(source);
    await lease.value;
    lease.release();
  }
  await eventually(() => expect(opened.filter(({ isClosed }) => isClosed)).toHaveLength(1));
  expect(opened.find(({ isClosed }) => isClosed)?.tenant).toBe('globex');
  await pool[Symbol.asyncDispose]();
});

test('rather exceeds its capacity than closes what is leased', async () => {
  const { pool, opened } = benchPool({ capacity: 2 });
  const held = [pool.lease(acme), pool.lease(globex), pool.lease(initech)];
  await Promise.all(held.map(({ value }) => value));
  await sleep(20);
  expect([pool.size, pool.drainingCount]).toEqual([3, 0]);
  expect(opened.some(({ isClosed }) => isClosed)).toBe(false);
  for (const lease of held) lease.release();
  await eventually(() => expect(opened.filter(({ isClosed }) => isClosed)).toHaveLength(1));
  expect(pool.size).toBe(2);
  await pool[Symbol.asyncDispose]();
  expect(opened.every(({ isClosed }) => isClosed)).toBe(true);
});

test('a thousand keys leave no more behind than fits', async () => {
  const { pool, opened } = benchPool({ capacity: 10 });
  await Promise.all(
    Array.from({ length: 1_000 }, async (_unused, index) => {
      const lease = pool.lease({ tenant: `tenant-${index}`, epoch: 1 });
      await lease.value;
      lease.release();
    }),
  );
  await eventually(() => expect(opened.filter(({ isClosed }) => !isClosed)).toHaveLength(10));
  expect([pool.size, pool.drainingCount]).toEqual([10, 0]);
  await pool[Symbol.asyncDispose]();
});

test('closes what nobody leased for a while; a lease in between starts the time anew', async () => {
  const { pool, opened } = benchPool({ idleMs: 150 });
  const held = pool.lease(globex);
  pool.lease(acme).release();
  await eventually(() => expect(opened.find(({ tenant }) => tenant === 'acme')?.isClosed).toBe(true));
  expect((await held.value).isClosed).toBe(false);
  held.release();
  await eventually(() => expect(pool.size).toBe(0));
});

test('disposing waits until everything is closed, and then nothing can be leased', async () => {
  const { pool, opened } = benchPool();
  const held = pool.lease(acme);
  pool.lease(globex).release();
  await held.value;
  let isDone = false;
  const done = pool[Symbol.asyncDispose]().then(() => (isDone = true));
  await sleep(20);
  expect(isDone).toBe(false);
  expect(() => pool.lease(initech)).toThrow('the pool is closed');
  held.release();
  await done;
  expect(opened.map(({ isClosed }) => isClosed)).toEqual([true, true]);
});

test('tells of a value that did not close, and goes on', async () => {
  const { pool, closeErrors } = benchPool({ close: () => Promise.reject(new Error('socket stuck')) });
  pool.lease(acme).release();
  pool.lease(globex).release();
  await pool[Symbol.asyncDispose]();
  expect(closeErrors).toEqual([new Error('socket stuck'), new Error('socket stuck')]);
});

test('a superseded version is taken away at once, also from who drains it, and other keys are left alone', async () => {
  const { pool, opened } = benchPool();
  const old = pool.lease(acme);
  const other = pool.lease(globex);
  await Promise.all([old.value, other.value]);
  const evicted = pool.evict('acme');
  const newer = pool.lease({ ...acme, epoch: 2 });
  pool.supersede('acme', 2);
  expect([old.abort.isAborted, newer.abort.isAborted, other.abort.isAborted]).toEqual([true, false, false]);
  old.release();
  await evicted;
  pool.supersede('acme', 3);
  expect(newer.abort.isAborted).toBe(true);
  expect(pool.keys.sort()).toEqual(['acme', 'globex']);
  newer.release();
  other.release();
  await eventually(() => expect(opened.map(({ isClosed }) => isClosed)).toEqual([true, false, true]));
  await pool[Symbol.asyncDispose]();
});

test('a source that was read before its key was superseded is not leased', async () => {
  const { pool, opened } = benchPool({ abortReason: () => new Error('superseded') });
  pool.supersede('acme', 2);
  expect(() => pool.lease(acme)).toThrow('superseded');
  expect(opened).toEqual([]);
  const newest = pool.lease({ ...acme, epoch: 2 });
  expect((await newest.value).epoch).toBe(2);
  newest.release();
  await pool[Symbol.asyncDispose]();
});

import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { mongo } from 'mongoose';
import { COMMAND_TIMEOUT_MS } from '../mongo/command-limits.ts';
import type { Stamp } from '../shell/stamp.ts';

/** Time between two tries to get a lock somebody else holds, in milliseconds. */
const RETRY_MS = 100;

/** How often a lock is renewed before it would run out. */
const RENEWALS = 3;

/** The right to migrate a tenant, which one runner has at a time. */
export interface MigrationLock {
  /** Aborted when the right is lost: somebody else may be at work. */
  readonly signal: AbortSignal;
  /** What the stamp matches as long as the right lasts; part of every write of the holder, so that a late one misses. */
  readonly held: mongo.Filter<Stamp>;
  /**
   * Makes sure of the right before the next step.
   *
   * @throws {LockLost}
   */
  renew(): Promise<void>;
}

export class LockLost extends Error {
  constructor() {
    super('the lock of this migration ran out and may be held by somebody else');
    this.name = 'LockLost';
  }
}

/** Somebody else migrates this tenant. */
export class LockBusy extends Error {
  constructor(by: string) {
    super(`this tenant is being migrated by ${by}`);
    this.name = 'LockBusy';
  }
}

export interface LockOptions {
  /** The stamp it lies in must be this tenant's, at this epoch. */
  own: Pick<Stamp, '_id' | 'tenant' | 'epoch'>;
  /** How long it lasts when it is not renewed, in milliseconds: a dead holder keeps others away for so long. */
  lockMs: number;
  /** How long to wait for somebody else, in milliseconds. */
  waitMs: number;
  /** Ends the waiting and the work. */
  signal: AbortSignal;
}

/**
 * Works under the lock in a tenant's stamp. Its times are those of the server's clock. Each holder has a number of its
 * own that the next one makes grow (a fencing token): whoever was paused, and lost the lock without noticing, writes
 * nothing any more.
 *
 * @throws {LockBusy} when somebody else held it all the time
 * @throws {Error} when the stamp is not this tenant's: nothing may be written there.
 */
export async function underLock<R>(
  stamps: mongo.Collection<Stamp>,
  options: LockOptions,
  work: (lock: MigrationLock) => Promise<R>,
): Promise<R> {
  const fence = await acquire(stamps, options);
  const held = holderOf(options, fence);
  const lost = new AbortController();
  const renew = async () => {
    const { matchedCount } = await stamps.updateOne(
      held,
      [{ $set: { 'migrating.until': expiry(options) } }],
      limit(),
    );
    if (matchedCount > 0) return;
    lost.abort(new LockLost());
    throw new LockLost();
  };
  // By the clock of this process, which starts earlier than the server's: it gives up before others may begin.
  let lastsUntil = performance.now() + options.lockMs;
  const timer = setInterval(() => {
    const renewedAt = performance.now();
    if (renewedAt > lastsUntil) lost.abort(new LockLost());
    // One that fails is tried again until the lock has run out.
    else
      void renew().then(
        () => (lastsUntil = renewedAt + options.lockMs),
        () => undefined,
      );
  }, options.lockMs / RENEWALS);
  try {
    return await work({ held, renew, signal: AbortSignal.any([lost.signal, options.signal]) });
  } finally {
    clearInterval(timer);
    // Best effort: it runs out by itself.
    await stamps.updateOne(held, { $set: { migrating: null } }, limit()).catch(() => undefined);
  }
}

async function acquire(stamps: mongo.Collection<Stamp>, options: LockOptions): Promise<number> {
  const by = `${hostname()}:${process.pid}`;
  for (const giveUpAt = performance.now() + options.waitMs; ; await sleep(RETRY_MS)) {
    options.signal.throwIfAborted();
    const stamp = await stamps.findOneAndUpdate(
      { ...options.own, $or: [{ migrating: null }, { $expr: { $lte: ['$migrating.until', '$$NOW'] } }] },
      [
        {
          $set: {
            migrating: { by: { $literal: by }, until: expiry(options) },
            fence: { $add: [{ $ifNull: ['$fence', 0] }, 1] },
          },
        },
      ],
      { returnDocument: 'after', ...limit() },
    );
    if (stamp !== null) return stamp.fence;
    const present = await stamps.findOne({ _id: options.own._id }, limit());
    if (present?.tenant !== options.own.tenant || present.epoch !== options.own.epoch) {
      throw new Error('the database does not carry the stamp of this tenant');
    }
    if (performance.now() >= giveUpAt) throw new LockBusy(present.migrating?.by ?? by);
  }
}

function holderOf({ own }: LockOptions, fence: number): mongo.Filter<Stamp> {
  return { ...own, fence, $expr: { $gt: ['$migrating.until', '$$NOW'] } };
}

function expiry({ lockMs }: LockOptions): object {
  return { $add: ['$$NOW', lockMs] };
}

function limit(): mongo.CommandOperationOptions & { signal: AbortSignal } {
  return { signal: AbortSignal.timeout(COMMAND_TIMEOUT_MS) };
}

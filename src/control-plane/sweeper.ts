import { Backoff } from '../lib/backoff.ts';
import type { Events } from '../observability/events.ts';
import type { ControlDatabase } from './control-database.ts';
import type { Deletions } from './deletions.ts';
import { MAX_ATTEMPTS, type Provisioning } from './provisioning.ts';
import type { RegistrationTakeover } from './registration-takeover.ts';
import type { TenantRecord } from './tenant-record.ts';

/** Pause between two sweeps, in milliseconds. */
const INTERVAL_MS = 2_000;

/** A self-registered tenant nobody ever signed in to is removed after this time, in milliseconds. */
const UNCLAIMED_MS = 86_400_000;

/** Pause between two looks for them, in milliseconds: each reads the index of all tenants in service. */
const UNCLAIMED_INTERVAL_MS = 600_000;

/** Longest pause before what failed is tried again, in milliseconds. */
const LONGEST_PAUSE_MS = 300_000;

/** Tenants looked at in one sweep. */
const BATCH = 100;

export interface SweeperOptions {
  control: ControlDatabase;
  takeover: RegistrationTakeover;
  provisioning: Provisioning;
  deletions: Deletions;
  /** False while the clock of this node is off. */
  isInTime(): boolean;
  events: Events;
}

/** Finishes or undoes registrations whose process died, drops deleted tenants, and removes tenants nobody ever used. */
export function createSweeper(options: SweeperOptions) {
  const { control, takeover, provisioning, deletions, isInTime, events } = options;
  let timer: NodeJS.Timeout | undefined;
  // A deployment that is away takes seconds to say so, at each try.
  const backoff = new Backoff({ firstMs: INTERVAL_MS, longestMs: LONGEST_PAUSE_MS });
  let sweeping: Promise<void> = Promise.resolve();
  let isClosed = false;
  let nextUnclaimedMs = 0;

  /** What failed a moment ago takes no place in a batch: a hundred tenants of one dead deployment would fill it. */
  function due() {
    return { _id: { $nin: backoff.waiting() } };
  }

  async function finishInterrupted(): Promise<void> {
    const interrupted = await control.tenants.find(
      { ...due(), status: 'PROVISIONING', 'provisioning.leasedUntil': { $lt: new Date() } },
      { limit: BATCH },
    );
    await eachAlone(interrupted, async (found) => {
      const record = await takeover.leaseExpired(found);
      if (record === null) return;
      const { keyHash, attempts } = record.provisioning;
      // Without an idempotency key nobody can ever get at the credentials of a self-registered tenant.
      const isHopeless = attempts > MAX_ATTEMPTS || (record.isSelfRegistered && keyHash === undefined);
      events.provisioningResumed({ tenant: record._id, outcome: isHopeless ? 'undo' : 'finish' });
      await (isHopeless ? provisioning.undo(record) : takeover.resume(record));
    });
    // An undoing that was cut off is carried on, and one that waited for late writes.
    const failed = await control.tenants.find(
      { ...due(), status: 'FAILED', claimedAt: null, 'provisioning.leasedUntil': { $lte: new Date() } },
      { limit: BATCH },
    );
    await eachAlone(failed, provisioning.undo);
  }

  /** One bad tenant must not keep the others waiting; its failure has been told as an event. */
  async function eachAlone(
    records: readonly TenantRecord[],
    work: (record: TenantRecord) => Promise<unknown>,
  ): Promise<void> {
    for (const record of records) {
      if (isClosed || !isInTime()) return;
      await work(record).then(
        () => backoff.succeeded(record._id),
        (err: unknown) => {
          backoff.failed(record._id);
          events.sweepFailed({ tenant: record._id, err });
        },
      );
    }
  }

  async function carryOnDeletions(): Promise<void> {
    const now = new Date();
    const overdue = await control.tenants.find(
      {
        ...due(),
        status: 'DELETING',
        'deletion.dueAt': { $lte: now },
        $or: [{ 'deletion.leasedUntil': null }, { 'deletion.leasedUntil': { $lt: now } }],
      },
      { limit: BATCH },
    );
    await eachAlone(overdue, ({ _id }) => deletions.carryOn(_id));
  }

  async function dropAgain(): Promise<void> {
    const settled = await control.tenants.find(
      { ...due(), 'deletion.dropAgainAt': { $lte: new Date() } },
      { limit: BATCH },
    );
    await eachAlone(settled, deletions.dropAgain);
  }

  async function removeUnclaimed(): Promise<void> {
    if (performance.now() < nextUnclaimedMs) return;
    nextUnclaimedMs = performance.now() + UNCLAIMED_INTERVAL_MS;
    const unclaimed = await control.tenants.find(
      {
        ...due(),
        status: 'ACTIVE',
        isSelfRegistered: true,
        claimedAt: null,
        createdAt: { $lt: new Date(Date.now() - UNCLAIMED_MS) },
      },
      { limit: BATCH },
    );
    await eachAlone(unclaimed, provisioning.undo);
  }

  async function sweep(): Promise<void> {
    // What a clock that is fast takes for overdue may have days left to be restored.
    if (!isInTime()) return;
    try {
      await finishInterrupted();
      await carryOnDeletions();
      await dropAgain();
      await removeUnclaimed();
    } catch (err) {
      events.sweepFailed({ err });
    }
  }

  return {
    /** Sweeps now and then again and again. */
    start(): void {
      sweeping = sweep().then(() => {
        if (!isClosed) timer = setTimeout(() => this.start(), INTERVAL_MS);
      });
    },
    async [Symbol.asyncDispose](): Promise<void> {
      isClosed = true;
      clearTimeout(timer);
      await sweeping;
    },
  };
}

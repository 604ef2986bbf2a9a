import { setTimeout as sleep } from 'node:timers/promises';
import type { mongo } from 'mongoose';
import { changeFeed } from '../mongo/change-feed.ts';
import type { Events } from '../observability/events.ts';
import type { ShellHost } from '../shell/shell-host.ts';
import type { CachedDirectory } from './cached-directory.ts';
import type { CommonClock } from './common-clock.ts';
import type { ControlDatabase } from './control-database.ts';
import { createDirectoryPoll, type TenantState } from './directory-poll.ts';
import type { Freshness } from './freshness.ts';
import { createHeartbeat } from './heartbeat.ts';
import { nodeModel, type NodeRecord } from './node-record.ts';
import { tenantModel, type TenantRecord } from './tenant-record.ts';

/** Pause before the stream is opened again, in milliseconds. */
const REOPEN_MS = 250;

/** Pause between two beats, in milliseconds. */
const BEAT_MS = 500;

/** A stream that has shown no beat of this long ago, in milliseconds, is not relied on: the records are polled. */
const UNPROVEN_MS = 1_200;

/** Epoch of a tenant that was never moved. */
const FIRST_EPOCH = 1;

export interface DirectoryFeedOptions {
  control: ControlDatabase;
  directory: CachedDirectory;
  freshness: Freshness;
  /** Is read with each beat. */
  clock: CommonClock;
  shells: Pick<ShellHost, 'evict' | 'supersede' | 'keys'>;
  events: Events;
}

type Change = mongo.ChangeStreamDocument<TenantRecord | NodeRecord>;

/**
 * Keeps this node's knowledge of the tenants right, whoever changes them: another node, the command line, this process.
 *
 * One change stream tells of changes as they happen. Beats of this node travel through it: one that comes back proves
 * that everything committed before it was told. While none comes back, whatever the reason, the records are polled.
 *
 * @throws when the control database does not answer.
 */
export async function followDirectory(options: DirectoryFeedOptions): Promise<AsyncDisposable> {
  const { control, directory, freshness, clock, shells, events } = options;
  const heartbeat = createHeartbeat(control);
  const poll = createDirectoryPoll(control, directory, apply);
  let isClosed = false;
  let wake = new AbortController();
  /** Openings of the stream that told nothing of what came before; the shells were looked at after so many of them. */
  let openings = 0;
  let caughtUp = 0;
  let streamProvenMs = performance.now();

  function apply(id: string, state: TenantState | undefined): void {
    directory.forget(id, state?.names ?? [], state?.version);
    const epoch = state?.placement.epoch ?? FIRST_EPOCH;
    if (epoch > FIRST_EPOCH) shells.supersede(id, epoch);
    const status = state?.status;
    if (status === 'ACTIVE') return;
    // What is about to lose its data must not be written to: that would bring its database back to life.
    const isAborting = status !== 'SUSPENDED' && status !== 'MOVING';
    void shells.evict(id, { isAborting });
  }

  function catchUp(): void {
    openings += 1;
    directory.clear();
    wake.abort();
  }

  function onBeat(change: Change): void {
    if (change.operationType !== 'update' || caughtUp !== openings) return;
    const beat = heartbeat.beatOf(change as mongo.ChangeStreamUpdateDocument<NodeRecord>);
    if (beat === undefined) return;
    streamProvenMs = beat.monotonicMs;
    freshness.prove(beat);
  }

  const feed = changeFeed<Change>({
    watch: (stream) =>
      control.db.watch<Change, Change>(pipelineOf(heartbeat.node), {
        fullDocument: 'updateLookup',
        ...stream,
      }),
    onAnew: catchUp,
    onResumed: () => events.directoryFeedResumed(),
    onDown: () => undefined,
    onChange(change) {
      if (!('documentKey' in change)) {
        // The collection was dropped or renamed, as when a backup is restored.
        catchUp();
      } else if (change.ns.coll === nodeModel.collection) {
        onBeat(change);
      } else {
        const state = 'fullDocument' in change ? (change.fullDocument as TenantState | undefined) : undefined;
        apply(change.documentKey._id, state);
      }
    },
    onLost: (err) => events.directoryFeedLost({ err }),
    reopenMs: REOPEN_MS,
  });

  async function beat(): Promise<void> {
    const sent = await heartbeat.send();
    clock.read(sent);
    if (caughtUp !== openings) {
      const reached = openings;
      await poll.recheck(shells.keys);
      caughtUp = reached;
      if (reached > 1) events.directoryFeedCaughtUp();
      return;
    }
    if (performance.now() - streamProvenMs <= UNPROVEN_MS) return;
    if (freshness.proof !== undefined) await poll.changedSince(freshness.proof.at);
    await poll.compareKnown();
    // Read after a majority had the beat: nothing that was committed before it can have been missed.
    freshness.prove(sent);
  }

  async function beatUntilClosed(): Promise<void> {
    let wasFresh = true;
    let wasInTime = true;
    while (!isClosed) {
      let failure: unknown;
      await beat().catch((err: unknown) => (failure = err));
      if (wasFresh && !freshness.isFresh) events.directoryStale({ err: failure });
      if (!wasFresh && freshness.isFresh) events.directoryFresh();
      wasFresh = freshness.isFresh;
      const { isInTime, offsetMs } = clock;
      if (wasInTime && !isInTime) events.clockOff({ offsetMs: Math.round(offsetMs) });
      if (!wasInTime && isInTime) events.clockRight({ offsetMs: Math.round(offsetMs) });
      wasInTime = isInTime;
      if (wake.signal.aborted) wake = new AbortController();
      else await sleep(BEAT_MS, undefined, { ref: false, signal: wake.signal }).catch(() => undefined);
    }
  }

  // Nothing is known yet, so there is nothing that could be out of date.
  const first = await heartbeat.send();
  freshness.prove(first);
  clock.read(first);
  await feed.follow();
  const beating = beatUntilClosed();
  return {
    async [Symbol.asyncDispose]() {
      isClosed = true;
      wake.abort();
      await Promise.all([feed[Symbol.asyncDispose](), beating]);
      await heartbeat.stop().catch(() => undefined);
    },
  };
}

/** Changes of tenants, beats of this node, and the end of either collection. */
function pipelineOf(node: string): mongo.Document[] {
  return [
    {
      $match: {
        $or: [
          { 'ns.coll': tenantModel.collection },
          { 'to.coll': tenantModel.collection },
          { 'ns.coll': nodeModel.collection, 'documentKey._id': node },
          { operationType: { $in: ['dropDatabase', 'invalidate'] } },
        ],
        // Nobody is served by one in the making; that it is made is told when it is done.
        $nor: [{ operationType: 'insert', 'fullDocument.status': 'PROVISIONING' }],
      },
    },
    {
      $project: {
        operationType: 1,
        ns: 1,
        documentKey: 1,
        'fullDocument._id': 1,
        'fullDocument.names': 1,
        'fullDocument.status': 1,
        'fullDocument.version': 1,
        'fullDocument.placement.epoch': 1,
        'updateDescription.updatedFields.sentMonotonicMs': 1,
        'updateDescription.updatedFields.sentWallMs': 1,
        'updateDescription.updatedFields.at': 1,
      },
    },
  ];
}

import { performance, type EventLoopUtilization } from 'node:perf_hooks';
import type { Abort } from './abort.ts';
import { CodedError } from './coded-error.ts';

export interface FairQueueOptions {
  /** Most in flight at once of all lanes of a group. */
  maxInFlight: number;
  /** Waiting at once, over all lanes. */
  maxWaiting: number;
  maxWaitingPerLane: number;
  /** Longest wait, in milliseconds. */
  maxWaitMs: number;
  /** Told how long each that had to wait did. */
  onWaited?(ms: number): void;
}

interface Waiter {
  readonly sinceMs: number;
  readonly admit: () => void;
  readonly refuse: (error: unknown) => void;
}

interface Lane {
  readonly key: string;
  readonly group: Group;
  inFlight: number;
  readonly waiting: Set<Waiter>;
}

interface Group {
  readonly name: string;
  inFlight: number;
  /** With somebody in flight or waiting, or left a moment ago. */
  lanes: number;
}

/** As few in flight as still overlap one's work with another's wait for the database. */
const MIN_IN_FLIGHT = 2;

const START_IN_FLIGHT = 8;

/** How long a lane that is empty still counts as one, in milliseconds: its next request is probably on its way. */
const LINGER_MS = 250;

/** How often the number in flight is thought over while somebody waits, in milliseconds. */
const TICK_MS = 25;

/** Share of its time the event loop works: below, more may be in flight; above, fewer do the same work sooner. */
const IDLE_LOOP = 0.75;
const BUSY_LOOP = 0.9;

/** How soon whoever was refused may come again, in milliseconds. */
const RETRY_MS = 1_000;

/**
 * Lets so many in at once as the event loop can make use of, and everybody in turn when it is more: lanes (tenants)
 * take turns, and one that has more in flight than its share leaves half of the room to the others. Groups (clusters)
 * have room of their own, so that one that hangs holds up nobody else.
 *
 * @example
 * const turn = queue.enter(tenant, cluster, abort);
 * if (turn !== undefined) await turn; // nothing is awaited while there is room
 * try { await work(); } finally { queue.leave(tenant); }
 */
export class FairQueue {
  readonly #options: FairQueueOptions;
  readonly #lanes = new Map<string, Lane>();
  readonly #groups = new Map<string, Group>();
  /** Lanes with somebody waiting; the next in turn first. */
  readonly #turns = new Set<Lane>();
  /** Empty lanes that still count, since when; the longest first. */
  readonly #lingering = new Map<Lane, number>();
  #limit: number;
  #waiting = 0;
  #tick: NodeJS.Timeout | undefined;
  #loop: EventLoopUtilization = performance.eventLoopUtilization();

  constructor(options: FairQueueOptions) {
    this.#options = options;
    this.#limit = Math.min(START_IN_FLIGHT, options.maxInFlight);
  }

  get waitingCount(): number {
    return this.#waiting;
  }

  /**
   * Takes a place. Everyone who got one must {@link leave}.
   *
   * @returns undefined when there is room, else a promise of the place; it rejects with the reason of `abort`.
   * @throws the reason of `abort` when it has come by now: nobody would tell the place to leave again.
   * @throws {CodedError} RATE_LIMITED when too many of this lane wait, TENANT_UNAVAILABLE when too many of all do or
   * the wait took too long.
   */
  enter(key: string, groupName: string, abort: Abort): Promise<void> | undefined {
    abort.throwIfAborted();
    const lane = this.#laneOf(key, groupName);
    if (lane.waiting.size === 0 && this.#hasRoom(lane)) {
      this.#admit(lane);
      return undefined;
    }
    if (lane.waiting.size >= this.#options.maxWaitingPerLane) {
      throw refused('RATE_LIMITED', 'Too many requests of this tenant wait already.');
    }
    if (this.#waiting >= this.#options.maxWaiting) {
      this.#settle(lane);
      throw refused('TENANT_UNAVAILABLE', 'Too many requests wait already.');
    }
    return this.#wait(lane, abort);
  }

  leave(key: string): void {
    const lane = this.#lanes.get(key);
    if (lane === undefined) return;
    lane.inFlight -= 1;
    lane.group.inFlight -= 1;
    this.#settle(lane);
    if (this.#waiting > 0) this.#dispatch();
  }

  #laneOf(key: string, groupName: string): Lane {
    if (this.#lingering.size > 0) this.#forgetIdle();
    let lane = this.#lanes.get(key);
    // A tenant that moved while its last requests are under way stays with those until they are done.
    if (lane === undefined) {
      let group = this.#groups.get(groupName);
      if (group === undefined)
        this.#groups.set(groupName, (group = { name: groupName, inFlight: 0, lanes: 0 }));
      group.lanes += 1;
      this.#lanes.set(key, (lane = { key, group, inFlight: 0, waiting: new Set() }));
    }
    return lane;
  }

  #hasRoom({ group, inFlight }: Lane): boolean {
    const room = Math.max(1, Math.ceil(this.#limit / this.#groups.size));
    if (group.inFlight >= room) return false;
    return inFlight < Math.max(1, Math.floor(room / group.lanes)) || group.inFlight < Math.floor(room / 2);
  }

  #admit(lane: Lane): void {
    lane.inFlight += 1;
    lane.group.inFlight += 1;
    this.#lingering.delete(lane);
  }

  #wait(lane: Lane, abort: Abort): Promise<void> {
    return new Promise((resolve, reject) => {
      const sinceMs = performance.now();
      const end = (settle: () => void) => {
        stopListening();
        lane.waiting.delete(waiter);
        this.#waiting -= 1;
        if (lane.waiting.size === 0) this.#turns.delete(lane);
        if (this.#waiting === 0) this.#stopTicking();
        this.#options.onWaited?.(performance.now() - sinceMs);
        settle();
      };
      const waiter: Waiter = {
        sinceMs,
        admit: () => end(resolve),
        refuse: (error) => {
          end(() => reject(error as Error));
          this.#settle(lane);
        },
      };
      const stopListening = abort.onAbort((reason) => waiter.refuse(reason));
      lane.waiting.add(waiter);
      this.#lingering.delete(lane);
      this.#turns.add(lane);
      this.#waiting += 1;
      this.#startTicking();
    });
  }

  /** Gives what room there is to the lanes in turn. */
  #dispatch(): void {
    for (const lane of [...this.#turns]) {
      if (!this.#hasRoom(lane)) continue;
      const [first] = lane.waiting;
      if (first === undefined) continue;
      this.#admit(lane);
      first.admit();
      // To the end of the line.
      if (this.#turns.delete(lane)) this.#turns.add(lane);
    }
  }

  #settle(lane: Lane): void {
    if (lane.inFlight === 0 && lane.waiting.size === 0) this.#lingering.set(lane, performance.now());
  }

  #forgetIdle(): void {
    const before = performance.now() - LINGER_MS;
    for (const [lane, sinceMs] of this.#lingering) {
      if (sinceMs > before) return;
      this.#lingering.delete(lane);
      this.#lanes.delete(lane.key);
      lane.group.lanes -= 1;
      if (lane.group.lanes === 0) this.#groups.delete(lane.group.name);
    }
  }

  #startTicking(): void {
    if (this.#tick !== undefined) return;
    this.#loop = performance.eventLoopUtilization();
    this.#tick = setInterval(() => this.#think(), TICK_MS).unref();
  }

  #stopTicking(): void {
    clearInterval(this.#tick);
    this.#tick = undefined;
  }

  /** Somebody waits: are there too few in flight, or has somebody waited too long? */
  #think(): void {
    const loop = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(loop, this.#loop);
    this.#loop = loop;
    if (utilization > BUSY_LOOP) this.#limit = Math.max(MIN_IN_FLIGHT, Math.floor(this.#limit * 0.7));
    if (utilization < IDLE_LOOP) {
      this.#limit = Math.min(this.#options.maxInFlight, Math.ceil(this.#limit * 1.25) + 1);
    }
    const before = performance.now() - this.#options.maxWaitMs;
    for (const lane of [...this.#turns]) {
      for (const waiter of lane.waiting) {
        if (waiter.sinceMs > before) break;
        waiter.refuse(refused('TENANT_UNAVAILABLE', 'There was no room for this request in time.'));
      }
    }
    if (this.#lingering.size > 0) this.#forgetIdle();
    this.#dispatch();
  }
}

function refused(code: 'RATE_LIMITED' | 'TENANT_UNAVAILABLE', message: string): CodedError {
  return new CodedError(code, message, { retryAfterMs: RETRY_MS });
}

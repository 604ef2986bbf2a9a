import { hostname } from 'node:os';
import type { mongo } from 'mongoose';
import { sha256 } from '../lib/sha256.ts';
import { userError } from '../lib/user-error.ts';
import { uuidv7 } from '../lib/uuid.ts';
import { isDuplicateKey } from '../mongo/duplicate-key.ts';
import type { Events } from '../observability/events.ts';
import type { TenantIdentifier } from '../tenancy/tenant.ts';
import { allTenants } from './all-tenants.ts';
import type { ControlDatabase } from './control-database.ts';
import type { FleetRun, FleetRunPlan } from './fleet-run-record.ts';
import { FleetTally, NO_PROGRESS } from './fleet-tally.ts';
import type { MigrateForFleet } from './migrate-for-fleet.ts';
import { DEFAULT_PARALLELISM, MAX_PARALLELISM } from './parallelism.ts';
import type { TenantRecord } from './tenant-record.ts';

/** How long a run whose node died is left alone, and how often a node says that it lives, in milliseconds. */
const LEASE_MS = 15_000;
const HEARTBEAT_MS = 1_000;

/** Pause between two looks for runs of dead nodes, in milliseconds. */
const LOOK_MS = 3_000;

const SERVED: mongo.Filter<TenantRecord> = { status: { $in: ['ACTIVE', 'SUSPENDED'] } };

export interface FleetMigrationOptions {
  control: ControlDatabase;
  migrate: MigrateForFleet;
  /** Names of all migrations of this build. */
  known: ReadonlySet<string>;
  events: Events;
}

/** What an operator asks for; canaries are told by identifier or by their number. */
export interface FleetRequest {
  canary?: readonly string[];
  canaryCount?: number;
  parallelism?: number;
  retryFailed?: boolean;
  dryRun?: boolean;
}

/** Tells how many tenants are through, in whatever order. */
export type OnProgress = (done: number, total: number) => void;

/** Brings all tenants up to the migrations of this build: one run at a time, which survives the node it runs on. */
export function createFleetMigration({ control, migrate, known, events }: FleetMigrationOptions) {
  const by = `${hostname()}:${process.pid}:${uuidv7()}`;
  const build = sha256([...known].join('\n'));
  const stop = new AbortController();
  const underWay = new Set<Promise<unknown>>();
  let timer: NodeJS.Timeout | undefined;

  const lease = () => ({ by, until: new Date(Date.now() + LEASE_MS) });
  const runs = control.fleetRuns;

  /** Writes as long as this node has the run. */
  async function write(run: FleetRun, changes: Partial<FleetRun>): Promise<FleetRun> {
    const mine = { _id: run._id, state: 'RUNNING' as const, 'lease.by': by };
    const written = await runs.findOneAndUpdate(mine, { $set: { lease: lease(), ...changes } });
    if (written === null) throw new Error('this run was taken up by another node');
    return written;
  }

  /** Works through tenants, some at once. Answers the run as far as it is then. */
  async function work(
    run: FleetRun,
    tenants: AsyncIterator<TenantRecord>,
    report: () => void,
  ): Promise<FleetRun> {
    const tally = new FleetTally(run);
    const lost = new AbortController();
    const signal = AbortSignal.any([lost.signal, stop.signal]);
    let writing = Promise.resolve();
    const heartbeat = setInterval(() => {
      writing = writing.then(() =>
        write(run, tally.progress).then(
          () => undefined,
          (error) => lost.abort(error),
        ),
      );
    }, HEARTBEAT_MS);
    const worker = async () => {
      while (!signal.aborted) {
        const next = await tenants.next();
        if (next.done === true) return;
        const record = next.value;
        tally.begin(record._id);
        const outcome = await migrate(record, run, signal);
        if (signal.aborted) return;
        tally.end(record._id, outcome);
        report();
      }
    };
    try {
      await Promise.all(Array.from({ length: run.parallelism }, worker));
    } finally {
      clearInterval(heartbeat);
      await writing;
    }
    lost.signal.throwIfAborted();
    // Written down also where it stops here: whoever goes on, or looks, knows how far it came.
    const written = await write(run, tally.progress);
    stop.signal.throwIfAborted();
    return written;
  }

  async function execute(started: FleetRun, onProgress: OnProgress): Promise<FleetRun> {
    let run = started;
    let done = run.done;
    const report = () => onProgress((done += 1), run.total);
    if (!run.canaryPassed) {
      // From their start again where a node died among them: what is done is found to be current.
      run = await work(
        { ...run, ...NO_PROGRESS },
        allTenants(control, { $and: [{ _id: { $in: run.canary } }] }),
        report,
      );
      if (run.failed.length > 0) return finish(run, 'STOPPED');
      run = await write(run, { canaryPassed: true, after: '' });
    }
    const rest = { ...SERVED, $and: [{ _id: { $gt: run.after } }, { _id: { $nin: run.canary } }] };
    return finish(await work(run, allTenants(control, rest), report), 'DONE');
  }

  async function finish(run: FleetRun, state: 'DONE' | 'STOPPED'): Promise<FleetRun> {
    const finished = await write(run, { state, finishedAt: new Date() });
    const { _id, migrated, failed } = finished;
    events.fleetMigrationEnded({ run: _id, state, migrated, failed: failed.length });
    return finished;
  }

  /** Carries a run out. Stopped together with its node it is left to another one, or ends where nobody shall go on. */
  async function carryOut(run: FleetRun, onProgress: OnProgress = () => undefined): Promise<FleetRun> {
    const ended = execute(run, onProgress).catch(async (error: unknown) => {
      const left = run.isAttached
        ? { state: 'INTERRUPTED' as const, finishedAt: new Date() }
        : { lease: { by: '', until: new Date(0) } };
      await write(run, left).catch(() => undefined);
      throw error;
    });
    underWay.add(ended);
    return ended.finally(() => underWay.delete(ended));
  }

  async function begin(request: FleetRequest, isAttached: boolean): Promise<FleetRun> {
    const { parallelism = DEFAULT_PARALLELISM, retryFailed = false, dryRun = false } = request;
    if (parallelism < 1 || parallelism > MAX_PARALLELISM) {
      throw userError(
        'INVALID',
        `Between 1 and ${MAX_PARALLELISM} tenants can be migrated at once.`,
        'parallelism',
      );
    }
    const canary = await canariesOf(control, request);
    const plan: FleetRunPlan = { canary, parallelism, retryFailed, dryRun };
    const now = new Date();
    // Of a process that died nobody else has to be waited for.
    await runs.findOneAndUpdate(
      { state: 'RUNNING', 'lease.until': { $lt: now } },
      { $set: { state: 'INTERRUPTED', finishedAt: now } },
    );
    try {
      return await runs.insert({
        ...{ _id: uuidv7(), state: 'RUNNING', build, ...plan, ...NO_PROGRESS },
        ...{ total: await control.tenants.count(SERVED), canaryPassed: canary.length === 0, isAttached },
        ...{ lease: lease(), startedAt: now, finishedAt: null },
      });
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      throw userError('CONFLICT', 'The tenants are being migrated already; wait until that has ended.');
    }
  }

  async function takeUp(): Promise<void> {
    const abandoned = {
      state: 'RUNNING' as const,
      build,
      isAttached: false,
      'lease.until': { $lt: new Date() },
    };
    const run = await runs.findOneAndUpdate(abandoned, { $set: { lease: lease() } });
    if (run === null) return;
    events.fleetMigrationTakenUp({ run: run._id });
    await carryOut(run);
  }

  return {
    /**
     * Starts a run that goes on by itself, on another node if need be.
     *
     * @throws {UserErrors} INVALID for an input that makes no sense, CONFLICT while another run is under way
     */
    async start(request: FleetRequest): Promise<{ run: FleetRun; ended: Promise<FleetRun> }> {
      const run = await begin(request, false);
      const ended = carryOut(run);
      ended.catch((err: unknown) => events.fleetMigrationFailed({ run: run._id, err }));
      return { run, ended };
    },
    /** The same for somebody who waits for it; it ends with this process. */
    run: async (request: FleetRequest, onProgress: OnProgress): Promise<FleetRun> =>
      carryOut(await begin(request, true), onProgress),
    byId: (id: string) => runs.findOne({ _id: id }),
    /** From now on takes up what dead nodes left. */
    watch(): void {
      const look = () =>
        void takeUp()
          .catch((err: unknown) => events.fleetMigrationFailed({ err }))
          .finally(() => {
            if (!stop.signal.aborted) timer = setTimeout(look, LOOK_MS).unref();
          });
      look();
    },
    async [Symbol.asyncDispose](): Promise<void> {
      stop.abort(new DOMException('the node is going down', 'AbortError'));
      clearTimeout(timer);
      await Promise.allSettled(underWay);
    },
  };
}

export type FleetMigration = ReturnType<typeof createFleetMigration>;

/** Ids of the tenants that come first. */
async function canariesOf(
  control: ControlDatabase,
  { canary = [], canaryCount = 0 }: FleetRequest,
): Promise<string[]> {
  const named = await control.tenants.find({ ...SERVED, names: { $in: canary as TenantIdentifier[] } });
  const unknown = canary.find((name) => !named.some(({ names }) => names.includes(name as TenantIdentifier)));
  if (unknown !== undefined)
    throw userError('INVALID', `There is no tenant ${unknown} in service.`, 'canary');
  const counted =
    canaryCount < 1
      ? []
      : await control.tenants.find(
          { ...SERVED, quarantine: { $exists: false } },
          { sort: { _id: 1 }, limit: canaryCount },
        );
  return [...new Set([...named, ...counted].map(({ _id }) => _id))].sort();
}

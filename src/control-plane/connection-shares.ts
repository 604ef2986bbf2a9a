import { comesNearBudget } from '../lib/budget-alert.ts';
import { uuidv7 } from '../lib/uuid.ts';
import { COMMAND_TIMEOUT_MS } from '../mongo/command-limits.ts';
import { type ClusterRecord, clusterModel, DEFAULT_CLUSTER } from './cluster-record.ts';
import type { ControlDatabase } from './control-database.ts';

/** How long a share counts after it was renewed last, in milliseconds: what a killed process held is free after that. */
const LIFETIME_MS = 30_000;

/** Pause between two renewals, in milliseconds. */
const RENEW_MS = 10_000;

/** How long a process that stops tries to give its shares back, in milliseconds. */
const GIVE_BACK_MS = 2_000;

/** With fewer a node cannot work: a change stream pins one, a transaction another. */
const LEAST_SIZE = 3;

export interface ConnectionSharesOptions {
  control: ControlDatabase;
  /** What a node takes of each cluster where there is enough (`POOL_SIZE`). */
  poolSize: number;
  /** Told by the process whose share brings the shares of all to four fifths of a cluster's budget. */
  onNear(use: { cluster: string; used: number; budget: number }): void;
}

/**
 * What this process may open of each cluster's connection budget. Shares are taken in one atomic update of the cluster's
 * record, so that the pools of all processes together stay within the budget however many start at once.
 */
export class ConnectionShares implements AsyncDisposable {
  readonly #options: ConnectionSharesOptions;
  readonly #node = uuidv7();
  readonly #held = new Map<string, { size: number; renewAt: number }>();

  constructor(options: ConnectionSharesOptions) {
    this.#options = options;
  }

  /** The size of this process's pool on a cluster; 0 when nothing is left. It stays the same while the process lives. */
  async take(cluster: string): Promise<number> {
    const held = this.#held.get(cluster);
    if (held !== undefined && held.renewAt > performance.now()) return held.size;
    const record = await this.#claim(cluster, held?.size);
    if (record === null) return this.#options.poolSize;
    const size = record.shares.find(({ node }) => node === this.#node)?.size ?? 0;
    if (size > 0) this.#held.set(cluster, { size, renewAt: performance.now() + RENEW_MS });
    if (held === undefined) this.#alertWhenCrossed(record, size);
    return size;
  }

  /** Gives everything back. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#held.size === 0) return;
    this.#held.clear();
    const own = { shares: { node: this.#node } };
    const update = { q: { 'shares.node': this.#node }, u: { $pull: own }, multi: true };
    await this.#options.control.db
      .command(
        { update: clusterModel.collection, updates: [update] },
        { signal: AbortSignal.timeout(GIVE_BACK_MS) },
      )
      // A control database that is away must not keep a process from stopping; the share expires.
      .catch(() => undefined);
  }

  /** Each process sees the shares just before and after its own, so one of them is the one that crosses the line. */
  #alertWhenCrossed({ _id: cluster, shares, connectionBudget: budget }: ClusterRecord, own: number): void {
    const used = shares.reduce((sum, { size }) => sum + size, 0);
    if (comesNearBudget({ used: used - own, budget }, { used, budget })) {
      this.#options.onNear({ cluster, used, budget });
    }
  }

  /** A command, because mongoose casts no pipelines and the driver's own helper takes no signal. */
  async #claim(cluster: string, held: number | undefined): Promise<ClusterRecord | null> {
    const { value } = await this.#options.control.db.command(
      {
        findAndModify: clusterModel.collection,
        query: { _id: cluster },
        update: this.#claimed(cluster, held),
        new: true,
        writeConcern: { w: 'majority' },
      },
      { signal: AbortSignal.timeout(COMMAND_TIMEOUT_MS) },
    );
    return value as ClusterRecord | null;
  }

  /** By the server's clock, which all processes share. */
  #claimed(cluster: string, held: number | undefined): object[] {
    const { poolSize } = this.#options;
    const isOther = { $and: [{ $gt: ['$$this.until', '$$NOW'] }, { $ne: ['$$this.node', this.#node] }] };
    const others = { $filter: { input: '$shares', cond: isOther } };
    const left = { $subtract: ['$connectionBudget', { $sum: '$shares.size' }] };
    const least = Math.min(LEAST_SIZE, poolSize);
    const fair = { $cond: [{ $lt: [left, least] }, 0, { $min: [poolSize, left] }] };
    // Without any connection to the control database a process could not even say that there is none left.
    const size = held ?? (cluster === DEFAULT_CLUSTER ? { $max: [fair, least] } : fair);
    const own = { node: this.#node, size, until: { $add: ['$$NOW', LIFETIME_MS] } };
    return [
      { $set: { shares: others } },
      { $set: { shares: { $concatArrays: ['$shares', [own]] } } },
      { $set: { shares: { $filter: { input: '$shares', cond: { $gt: ['$$this.size', 0] } } } } },
    ];
  }
}

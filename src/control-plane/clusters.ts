import type { SecretBox } from '../config/secrets.ts';
import { CodedError } from '../lib/coded-error.ts';
import { userError } from '../lib/user-error.ts';
import { isDuplicateKey } from '../mongo/duplicate-key.ts';
import type { Events } from '../observability/events.ts';
import type { Placement } from '../tenancy/tenant.ts';
import type { ClusterRecord } from './cluster-record.ts';
import type { ControlDatabase } from './control-database.ts';

/** The cluster of the control database itself. */
export const DEFAULT_CLUSTER = 'default';

/** Share of a budget that is an alert. */
const ALERT_AT = 0.8;

/** How long a cluster's record counts before it is read again, in milliseconds. */
const CACHE_MS = 1_000;

export interface ClustersOptions {
  control: ControlDatabase;
  /** Connection string of the control database, which is also the first cluster. */
  controlUri: string;
  box: SecretBox;
  events: Events;
}

/** The clusters: their budgets and their connection strings. */
export class Clusters {
  readonly #options: ClustersOptions;
  readonly #uris = new Map<string, { uri: string; until: number }>();

  constructor(options: ClustersOptions) {
    this.#options = options;
  }

  /** Makes sure that the first cluster is there. A budget an operator changed stays. */
  async ensureDefault(budget: number): Promise<void> {
    if (await this.#clusters.has({ _id: DEFAULT_CLUSTER })) return;
    await this.add({ name: DEFAULT_CLUSTER, connectionString: null, budget }).catch((error: unknown) => {
      if (!isDuplicateKey(error)) throw error;
    });
  }

  async add(input: {
    name: string;
    connectionString: string | null;
    budget: number;
  }): Promise<ClusterRecord> {
    const { name, connectionString, budget } = input;
    try {
      return await this.#clusters.insert({
        _id: name,
        sealedConnectionString:
          connectionString && this.#options.box.seal(connectionString, clusterContext(name)),
        budget,
        free: budget,
        isOpen: true,
        createdAt: new Date(),
      });
    } catch (error) {
      if (isDuplicateKey(error)) throw userError('TAKEN', 'There is a cluster of this name.', 'name');
      throw error;
    }
  }

  /** Changes a budget by its difference, so that what is in use stays counted. */
  async update(name: string, change: { budget?: number; isOpen?: boolean }): Promise<ClusterRecord | null> {
    const before = await this.#clusters.findOne({ _id: name });
    if (before === null) return null;
    const difference = change.budget === undefined ? 0 : change.budget - before.budget;
    const after = await this.#clusters.findOneAndUpdate(
      { _id: name, budget: before.budget },
      {
        $inc: { budget: difference, free: difference },
        ...(change.isOpen === undefined ? {} : { $set: { isOpen: change.isOpen } }),
      },
    );
    // Somebody else changed the budget in between.
    return after ?? this.update(name, change);
  }

  has(name: string): Promise<boolean> {
    return this.#clusters.has({ _id: name });
  }

  all(): Promise<ClusterRecord[]> {
    return this.#clusters.find({}, { sort: { _id: 1 } });
  }

  /**
   * Reserves namespaces for a tenant on the named cluster, or on the one with the most room.
   *
   * @throws {CodedError} CAPACITY_EXHAUSTED
   */
  async reserve(namespaces: number, name?: string): Promise<ClusterRecord> {
    const cluster = await this.#clusters.findOneAndUpdate(
      { isOpen: true, free: { $gte: namespaces }, ...(name === undefined ? {} : { _id: name }) },
      { $inc: { free: -namespaces } },
      { sort: { free: -1 } },
    );
    if (cluster === null) {
      this.#options.events.capacityExhausted(name === undefined ? {} : { cluster: name });
      throw new CodedError('CAPACITY_EXHAUSTED', 'No cluster can take another tenant.');
    }
    this.#alert(cluster);
    return cluster;
  }

  /** Counts namespaces that came into being later (`count` > 0) or are gone (`count` < 0). */
  async account(name: string, count: number): Promise<void> {
    const cluster = await this.#clusters.findOneAndUpdate({ _id: name }, { $inc: { free: -count } });
    if (cluster !== null && count > 0) this.#alert(cluster);
  }

  /** The connection string behind a placement. It never leaves the process and is kept for a second only. */
  async connectionString({ cluster, sealedConnectionString }: Placement, tenant: string): Promise<string> {
    if (sealedConnectionString !== null) return this.#options.box.open(sealedConnectionString, tenant);
    const cached = this.#uris.get(cluster);
    if (cached !== undefined && cached.until > Date.now()) return cached.uri;
    const record = await this.#clusters.findOne({ _id: cluster });
    if (record === null) throw new Error(`there is no cluster ${cluster}`);
    const sealed = record.sealedConnectionString;
    const uri =
      sealed === null ? this.#options.controlUri : this.#options.box.open(sealed, clusterContext(cluster));
    this.#uris.set(cluster, { uri, until: Date.now() + CACHE_MS });
    return uri;
  }

  get #clusters() {
    return this.#options.control.clusters;
  }

  #alert({ _id, budget, free }: ClusterRecord): void {
    const used = budget - free;
    if (used >= budget * ALERT_AT) this.#options.events.clusterNearBudget({ cluster: _id, used, budget });
  }
}

/** What the connection string of a cluster is sealed with. */
export function clusterContext(cluster: string): string {
  return `cluster ${cluster}`;
}

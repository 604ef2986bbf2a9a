import type { SecretBox } from '../config/secrets.ts';
import { comesNearBudget } from '../lib/budget-alert.ts';
import { CodedError } from '../lib/coded-error.ts';
import { Gate } from '../lib/gate.ts';
import { userError, UserErrors } from '../lib/user-error.ts';
import { ACKNOWLEDGED } from '../mongo/bound-model.ts';
import { COMMAND_TIMEOUT_MS } from '../mongo/command-limits.ts';
import { isDuplicateKey } from '../mongo/duplicate-key.ts';
import type { Events } from '../observability/events.ts';
import type { Placement } from '../tenancy/tenant.ts';
import type { ConnectionShares } from './connection-shares.ts';
import {
  clusterModel,
  type ClusterRecord,
  connectionsOf,
  DEFAULT_CLUSTER,
  DEFAULT_CONNECTION_BUDGET,
  usedOf,
} from './cluster-record.ts';
import type { ControlDatabase } from './control-database.ts';

/** How long a cluster's record counts before it is read again, in milliseconds. */
const CACHE_MS = 1_000;

/**
 * Counts one node writes at once. All of a cluster's are in one record: more would only get in each other's way on the
 * server, each with a connection that tenants need.
 */
const COUNTS_AT_ONCE = 4;

export interface ClustersOptions {
  control: ControlDatabase;
  /** Connection string of the control database, which is also the first cluster. */
  controlUri: string;
  box: SecretBox;
  shares: ConnectionShares;
  /** Receives how many connections a client of a connection string may open. */
  poolSizes: Map<string, number>;
  events: Events;
}

/** What a new cluster is made of. */
export interface NewCluster {
  name: string;
  /** Null: the deployment of the control database. */
  connectionString: string | null;
  budget: number;
  connectionBudget?: number | undefined;
}

/** What an operator can change about a cluster. */
export interface ClusterChange {
  budget?: number | undefined;
  connectionBudget?: number | undefined;
  isOpen?: boolean | undefined;
}

/** The clusters: their budgets and their connection strings. */
export class Clusters {
  readonly #options: ClustersOptions;
  readonly #counting = new Gate(COUNTS_AT_ONCE);
  readonly #uris = new Map<string, { uri: string; until: number }>();

  constructor(options: ClustersOptions) {
    this.#options = options;
  }

  /** Makes sure that the first cluster is there. A budget an operator changed stays. */
  async ensureDefault(budget: number): Promise<void> {
    await this.#completeOldRecords();
    if (await this.#clusters.has({ _id: DEFAULT_CLUSTER })) return;
    await this.add({ name: DEFAULT_CLUSTER, connectionString: null, budget }).catch((error: unknown) => {
      if (!(error instanceof UserErrors)) throw error;
    });
  }

  async add({ name, connectionString, budget, connectionBudget }: NewCluster): Promise<ClusterRecord> {
    const now = new Date();
    try {
      return await this.#clusters.insert({
        _id: name,
        sealedConnectionString:
          connectionString && this.#options.box.seal(connectionString, clusterContext(name)),
        budget,
        free: budget,
        connectionBudget: connectionBudget ?? DEFAULT_CONNECTION_BUDGET,
        shares: [],
        isOpen: true,
        reservedAt: now,
        recountedAt: now,
        createdAt: now,
      });
    } catch (error) {
      if (isDuplicateKey(error)) throw userError('TAKEN', 'There is a cluster of this name.', 'name');
      throw error;
    }
  }

  /** Changes a budget by its difference, so that what is in use stays counted. */
  async update(name: string, change: ClusterChange): Promise<ClusterRecord | null> {
    const before = await this.#clusters.findOne({ _id: name });
    if (before === null) return null;
    const { budget, ...others } = change;
    const difference = budget === undefined ? 0 : budget - before.budget;
    const values = Object.fromEntries(Object.entries(others).filter(([, value]) => value !== undefined));
    const after = await this.#clusters.findOneAndUpdate(
      { _id: name, budget: before.budget },
      {
        $inc: { budget: difference, free: difference },
        $set: values,
      },
    );
    // Somebody else changed the budget in between.
    if (after === null) return this.update(name, change);
    const used = usedOf(after);
    if (comesNearBudget({ used, budget: before.budget }, { used, budget: after.budget })) this.#alert(after);
    this.#alertOfConnections(before, after);
    return after;
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
   * @param except - clusters that are not asked, and what is wrong with each.
   * @throws {CodedError} CAPACITY_EXHAUSTED
   */
  async reserve(
    namespaces: number,
    { name, except }: { name: string | undefined; except: ReadonlyMap<string, string> },
  ): Promise<ClusterRecord> {
    const cluster = await this.#counting.run(() =>
      this.#clusters.findOneAndUpdate(
        {
          isOpen: true,
          free: { $gte: namespaces },
          _id: { $nin: [...except.keys()], ...(name === undefined ? {} : { $eq: name }) },
        },
        { $inc: { free: -namespaces }, $set: { reservedAt: new Date() } },
        { sort: { free: -1 }, writeConcern: ACKNOWLEDGED },
      ),
    );
    if (cluster === null) {
      this.#options.events.capacityExhausted(name === undefined ? {} : { cluster: name });
      const fault = name === undefined ? undefined : (except.get(name) ?? (await this.#fault(name)));
      throw new CodedError(
        'CAPACITY_EXHAUSTED',
        fault === undefined
          ? 'No cluster can take another tenant.'
          : `The cluster ${name} cannot take another tenant: it ${fault}.`,
      );
    }
    this.#alertWhenCrossed(cluster, namespaces);
    return cluster;
  }

  /** Counts namespaces that came into being later (`count` > 0) or are gone (`count` < 0). */
  async account(name: string, count: number): Promise<void> {
    const cluster = await this.#counting.run(() =>
      this.#clusters.findOneAndUpdate(
        { _id: name },
        { $inc: { free: -count } },
        { writeConcern: ACKNOWLEDGED },
      ),
    );
    if (cluster !== null) this.#alertWhenCrossed(cluster, count);
  }

  /** Whether this process may open connections to a cluster. */
  async hasConnections(name: string): Promise<boolean> {
    return (await this.#options.shares.take(name)) > 0;
  }

  /** The connection string behind a placement. It never leaves the process and is kept for a second only. */
  async connectionString({ cluster, sealedConnectionString }: Placement, tenant: string): Promise<string> {
    if (sealedConnectionString !== null) return this.#options.box.open(sealedConnectionString, tenant);
    return this.uriOf(cluster);
  }

  /**
   * The connection string of a cluster, under the same care.
   *
   * @throws when this process may open no connections to it.
   */
  async uriOf(cluster: string): Promise<string> {
    const [uri, size] = await Promise.all([this.#unsealedUri(cluster), this.#options.shares.take(cluster)]);
    if (size === 0) throw new Error(`cluster ${cluster} has no connections left for this process`);
    this.#options.poolSizes.set(uri, size);
    return uri;
  }

  async #unsealedUri(cluster: string): Promise<string> {
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

  /** Why a cluster that was asked had no place. */
  async #fault(name: string): Promise<string> {
    const record = await this.#clusters.findOne({ _id: name });
    return record?.isOpen === false ? 'is closed' : 'is full';
  }

  get #clusters() {
    return this.#options.control.clusters;
  }

  /** Each update sees the count just before and after itself, so one of them is the one that crosses the line. */
  #alertWhenCrossed(after: ClusterRecord, count: number): void {
    const { budget } = after;
    const used = usedOf(after);
    if (comesNearBudget({ used: used - count, budget }, { used, budget })) this.#alert(after);
  }

  /** Here for a budget that was made smaller; whoever takes a share looks by itself. */
  #alertOfConnections(before: ClusterRecord, after: ClusterRecord): void {
    const used = connectionsOf(after);
    const [cluster, budget] = [after._id, after.connectionBudget];
    if (comesNearBudget({ used, budget: before.connectionBudget }, { used, budget })) {
      this.#options.events.connectionsNearBudget({ cluster, used, budget });
    }
  }

  #alert(record: ClusterRecord): void {
    this.#options.events.clusterNearBudget({
      cluster: record._id,
      used: usedOf(record),
      budget: record.budget,
    });
  }

  /** Records of before there were budgets of connections. */
  async #completeOldRecords(): Promise<void> {
    const never = new Date(0);
    const added = {
      connectionBudget: DEFAULT_CONNECTION_BUDGET,
      shares: [],
      reservedAt: never,
      recountedAt: never,
    };
    await this.#options.control.db.command(
      {
        update: clusterModel.collection,
        updates: [{ q: { shares: { $exists: false } }, u: { $set: added }, multi: true }],
      },
      { signal: AbortSignal.timeout(COMMAND_TIMEOUT_MS) },
    );
  }
}

/** What the connection string of a cluster is sealed with. */
export function clusterContext(cluster: string): string {
  return `cluster ${cluster}`;
}

import type { mongo } from 'mongoose';
import type { CachedDirectory } from './cached-directory.ts';
import type { ControlDatabase } from './control-database.ts';
import { tenantModel, type TenantRecord } from './tenant-record.ts';

/** What a node must hear of a record at once. */
export type TenantState = Pick<TenantRecord, '_id' | 'names' | 'status' | 'version'> & {
  placement: Pick<TenantRecord['placement'], 'epoch'>;
};

/** Told of a tenant's state as it is now; undefined when its record is gone. */
export type ApplyState = (id: string, state: TenantState | undefined) => void;

/** How far a poll looks back before what is known, in milliseconds: commits overtake, clocks of servers differ. */
const OVERLAP_MS = 10_000;

/** Known tenants compared in one poll, and ids in one query. */
const BATCH = 500;

/** Longest one query may take, in milliseconds. */
const TIMEOUT_MS = 2_000;

const STATE = { names: 1, status: 1, version: 1, 'placement.epoch': 1 } as const;

/** Looks at the records themselves, where the change stream does not tell of them. */
export function createDirectoryPoll(
  { db }: Pick<ControlDatabase, 'db'>,
  directory: CachedDirectory,
  apply: ApplyState,
) {
  const tenants = db.collection<TenantRecord>(tenantModel.collection);
  let position = 0;

  const find = (filter: mongo.Filter<TenantRecord>): Promise<TenantState[]> =>
    tenants
      .find<TenantState>(filter, { projection: STATE, signal: AbortSignal.timeout(TIMEOUT_MS) })
      .toArray();

  async function statesOf(ids: readonly string[]): Promise<Map<string, TenantState>> {
    return new Map((await find({ _id: { $in: [...ids] } })).map((state) => [state._id, state]));
  }

  return {
    /** Everything that changed since a time of the database's clock, and a little before it. */
    async changedSince(at: Date): Promise<void> {
      const since = new Date(at.getTime() - OVERLAP_MS);
      for (const state of await find({ changedAt: { $gte: since } })) apply(state._id, state);
    },

    /**
     * Compares some of the known tenants with their records, the next ones at each call: of records that are deleted
     * no date tells.
     */
    async compareKnown(): Promise<void> {
      const known = directory.knownVersions;
      const some = known.slice(position, position + BATCH);
      position = position + BATCH < known.length ? position + BATCH : 0;
      if (some.length === 0) return;
      const states = await statesOf(some.map(([id]) => id));
      for (const [id, version] of some) {
        if (states.get(id)?.version !== version) apply(id, states.get(id));
      }
    },

    /** Tells of each of these tenants. */
    async recheck(ids: readonly string[]): Promise<void> {
      for (let from = 0; from < ids.length; from += BATCH) {
        const some = ids.slice(from, from + BATCH);
        const states = await statesOf(some);
        for (const id of some) apply(id, states.get(id));
      }
    },
  };
}

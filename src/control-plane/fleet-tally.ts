import type { FailedTenant, FleetProgress, PlannedTenant } from './fleet-run-record.ts';

/** Names kept in the record of a run; all of them are found by their quarantine. */
const MAX_NAMED = 1_000;

/** What became of one tenant. */
export type Outcome =
  | { kind: 'migrated' | 'current' }
  | { kind: 'quarantined'; identifier: string }
  | ({ kind: 'failed' } & FailedTenant)
  | ({ kind: 'planned' } & PlannedTenant);

export const NO_PROGRESS: FleetProgress = {
  ...{
    done: 0,
    migrated: 0,
    current: 0,
    quarantined: 0,
    quarantinedTenants: [],
    failed: [],
    planned: [],
    after: '',
  },
};

/**
 * Counts tenants that end in any order as if they ended in that of their ids, so that what is written down is exact: a
 * run that is taken up counts none twice and none never.
 */
export class FleetTally {
  readonly #begun: string[] = [];
  readonly #ended = new Map<string, Outcome>();
  #progress: FleetProgress;

  constructor(progress: FleetProgress) {
    this.#progress = progress;
  }

  get progress(): FleetProgress {
    return this.#progress;
  }

  begin(id: string): void {
    this.#begun.push(id);
  }

  end(id: string, outcome: Outcome): void {
    this.#ended.set(id, outcome);
    for (let [first] = this.#begun; first !== undefined; [first] = this.#begun) {
      const next = this.#ended.get(first);
      if (next === undefined) return;
      this.#ended.delete(first);
      this.#begun.shift();
      this.#progress = counted(this.#progress, next, first);
    }
  }
}

function counted(before: FleetProgress, outcome: Outcome, after: string): FleetProgress {
  const progress = { ...before, done: before.done + 1, after };
  switch (outcome.kind) {
    case 'failed': {
      const { kind: _kind, ...failed } = outcome;
      return { ...progress, failed: [...before.failed, failed].slice(0, MAX_NAMED) };
    }
    case 'planned': {
      const { kind: _kind, ...planned } = outcome;
      return { ...progress, planned: [...before.planned, planned].slice(0, MAX_NAMED) };
    }
    case 'quarantined': {
      const named = [...(before.quarantinedTenants ?? []), outcome.identifier].slice(0, MAX_NAMED);
      return { ...progress, quarantined: before.quarantined + 1, quarantinedTenants: named };
    }
    default:
      return { ...progress, [outcome.kind]: before[outcome.kind] + 1 };
  }
}

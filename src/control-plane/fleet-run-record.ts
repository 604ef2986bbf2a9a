import { Schema } from 'mongoose';
import { defineModel, type Stored } from '../mongo/model.ts';

export const FLEET_RUN_STATES = ['RUNNING', 'DONE', 'STOPPED', 'INTERRUPTED'] as const;

export type FleetRunState = (typeof FLEET_RUN_STATES)[number];

/** A tenant that was not migrated. */
export interface FailedTenant {
  tenant: string;
  identifier: string;
  /** The migration that failed; null when it did not come to that, as when the database cannot be reached. */
  migration: string | null;
  code: string;
  message: string;
}

/** What a dry run found. */
export interface PlannedTenant {
  tenant: string;
  identifier: string;
  migrations: string[];
}

/** How far a run is, over the tenants it is through with. */
export interface FleetProgress {
  done: number;
  migrated: number;
  current: number;
  /** Left out, because a migration failed there before. */
  quarantined: number;
  /** Their identifiers; absent in runs of before they were named. */
  quarantinedTenants?: string[];
  failed: FailedTenant[];
  planned: PlannedTenant[];
  /** Every tenant up to this id is done; a run that is taken up goes on behind it. */
  after: string;
}

/** What an operator asked for. */
export interface FleetRunPlan {
  /** Ids of the tenants that come first and must not fail. */
  canary: string[];
  parallelism: number;
  retryFailed: boolean;
  dryRun: boolean;
}

/** One migration of all tenants, in the control database. */
export interface FleetRun extends Stored, FleetRunPlan, FleetProgress {
  state: FleetRunState;
  /** Which migrations it is about: no node of another build takes it up. */
  build: string;
  total: number;
  canaryPassed: boolean;
  /** True: it ends with the process it was started in, as on a terminal. */
  isAttached: boolean;
  lease: { by: string; until: Date };
  startedAt: Date;
  finishedAt: Date | null;
}

export const fleetRunModel = defineModel<FleetRun>(
  'fleet_migrations',
  new Schema<FleetRun>({
    _id: String,
    state: { type: String, enum: FLEET_RUN_STATES, required: true },
    build: { type: String, required: true },
    canary: [String],
    parallelism: Number,
    retryFailed: Boolean,
    dryRun: Boolean,
    total: Number,
    canaryPassed: Boolean,
    isAttached: Boolean,
    done: Number,
    migrated: Number,
    current: Number,
    quarantined: Number,
    quarantinedTenants: [String],
    failed: [
      { _id: false, tenant: String, identifier: String, migration: String, code: String, message: String },
    ],
    planned: [{ _id: false, tenant: String, identifier: String, migrations: [String] }],
    after: String,
    lease: new Schema({ by: String, until: Date }, { _id: false }),
    startedAt: Date,
    finishedAt: Date,
  }),
);

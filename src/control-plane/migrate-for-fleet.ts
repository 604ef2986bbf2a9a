import type { FleetRunPlan } from './fleet-run-record.ts';
import type { Outcome } from './fleet-tally.ts';
import { codeOf, messageOf, MigrationFailed } from './migration-failure.ts';
import type { Quarantine } from './quarantine.ts';
import type { TenantMigration } from './tenant-migration.ts';
import type { TenantRecord } from './tenant-record.ts';

/** How long a tenant somebody else migrates is waited for, in milliseconds. */
const WAIT_MS = 30_000;

/** Does for one tenant what a run is about; never throws, because the others go on. */
export type MigrateForFleet = (
  record: TenantRecord,
  plan: FleetRunPlan,
  signal: AbortSignal,
) => Promise<Outcome>;

export function createMigrateForFleet(
  quarantine: Quarantine,
  { pending }: Pick<TenantMigration, 'pending'>,
): MigrateForFleet {
  return async (record, { canary, retryFailed, dryRun }, signal) => {
    const { _id: tenant, identifier, modules, placement } = record;
    // A canary is asked for by name: it is tried whatever happened before.
    if (record.quarantine !== undefined && !retryFailed && !canary.includes(tenant))
      return { kind: 'quarantined', identifier };
    try {
      if (dryRun) {
        const migrations = await pending({ id: tenant, modules, placement });
        return migrations.length === 0
          ? { kind: 'current' }
          : { kind: 'planned', tenant, identifier, migrations };
      }
      const ran = await quarantine.migrate(record, { waitMs: WAIT_MS, signal });
      return { kind: ran.length > 0 ? 'migrated' : 'current' };
    } catch (error) {
      const isStep = error instanceof MigrationFailed;
      const cause = isStep ? error.cause : error;
      return {
        kind: 'failed',
        ...{ tenant, identifier, migration: isStep ? error.migration : null },
        ...{ code: codeOf(cause), message: messageOf(cause) },
      };
    }
  };
}

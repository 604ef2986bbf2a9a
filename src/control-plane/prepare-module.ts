import { CodedError } from '../lib/coded-error.ts';
import { userError } from '../lib/user-error.ts';
import type { ControlDatabase } from './control-database.ts';
import { isPassing, MigrationFailed } from './migration-failure.ts';
import type { TenantMigration } from './tenant-migration.ts';

/** How long the migrations of a module wait for others of the tenant, in milliseconds. */
const WAIT_MS = 5_000;

/** When whoever was refused may try again, in milliseconds. */
const RETRY_MS = 2_000;

/**
 * Makes a tenant's database ready for a module it does not have yet. Nothing is done when the module is on already or
 * one of `requires` is off: whoever enables it finds that out in the very write.
 */
export function moduleReadiness(control: ControlDatabase, migration: Pick<TenantMigration, 'migrateModule'>) {
  /**
   * @throws {UserErrors} INVALID when a migration of the module does not work
   * @throws {CodedError} TENANT_UNAVAILABLE when the database cannot be had
   */
  return async (id: string, module: string, requires: readonly string[]): Promise<void> => {
    const record = await control.tenants.findOne({ _id: id, status: 'ACTIVE' });
    if (record === null || record.modules.includes(module)) return;
    if (!requires.every((required) => record.modules.includes(required))) return;
    try {
      await migration.migrateModule({ id, modules: record.modules, placement: record.placement }, module, {
        waitMs: WAIT_MS,
      });
    } catch (error) {
      if (error instanceof MigrationFailed && !isPassing(error.cause)) {
        throw userError(
          'INVALID',
          `The module ${module} stays off, because its migration ${error.migration} failed. Try again, or ask the operator.`,
          'id',
        );
      }
      throw new CodedError(
        'TENANT_UNAVAILABLE',
        'This tenant cannot be migrated right now; try again shortly.',
        {
          cause: error,
          retryAfterMs: RETRY_MS,
        },
      );
    }
  };
}

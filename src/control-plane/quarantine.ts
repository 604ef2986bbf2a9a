import type { ControlDatabase } from './control-database.ts';
import { codeOf, isPassing, messageOf, MigrationFailed } from './migration-failure.ts';
import type { MigrateOptions, TenantMigration } from './tenant-migration.ts';
import type { TenantRecord } from './tenant-record.ts';

/**
 * Migrates tenants and remembers those where a migration does not work, so that nothing tries it again and again: they
 * wait for an operator. What failed for the moment only, as when a database cannot be reached, is not held against one.
 */
export function createQuarantine(control: ControlDatabase, { migrate }: Pick<TenantMigration, 'migrate'>) {
  async function remember(record: TenantRecord, { migration, cause }: MigrationFailed): Promise<void> {
    await control.tenants.findOneAndUpdate(
      { _id: record._id },
      {
        $set: {
          quarantine: {
            migration,
            code: codeOf(cause),
            message: messageOf(cause),
            attempts: (record.quarantine?.attempts ?? 0) + 1,
            at: new Date(),
          },
        },
      },
    );
  }

  return {
    /** Answers the names of what ran; throws as {@link TenantMigration.migrate} does. */
    async migrate(record: TenantRecord, how: MigrateOptions): Promise<string[]> {
      const { _id: id, modules, placement } = record;
      try {
        const ran = await migrate({ id, modules, placement }, how);
        if (record.quarantine !== undefined) {
          await control.tenants.findOneAndUpdate({ _id: id }, { $unset: { quarantine: 1 } });
        }
        return ran;
      } catch (error) {
        if (error instanceof MigrationFailed && !isPassing(error.cause)) await remember(record, error);
        throw error;
      }
    },
  };
}

export type Quarantine = ReturnType<typeof createQuarantine>;

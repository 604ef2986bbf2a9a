import type { Command } from 'commander';
import { progressBar } from './progress.ts';
import { Failure } from './failure.ts';
import { type OutputOptions, print } from './output.ts';
import { withApp } from './with-app.ts';

export function addTenantsMigrate(tenants: Command): void {
  tenants
    .command('migrate')
    .description(
      'bring every tenant up to the migrations of this build; one that fails does not stop the others',
    )
    .option('--json', 'print JSON')
    .action((options: OutputOptions) =>
      withApp(async ({ app }) => {
        const progress = progressBar('Tenants');
        const result = await app.platform.fleet.migrateAll(progress.update).finally(progress.stop);
        const { migrated, current, failed } = result;
        print(
          options,
          result,
          () => `${migrated} migrated, ${current} were current, ${failed.length} failed`,
        );
        if (failed.length === 0) return;
        const names = failed.map(({ identifier }) => identifier).join(', ');
        throw new Failure('FAILED', `not migrated: ${names}; LOG_LEVEL=error tells why`);
      }),
    );
}

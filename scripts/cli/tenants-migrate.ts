import type { Command } from 'commander';
import { MAX_PARALLELISM } from '../../src/control-plane/parallelism.ts';
import { Failure } from './failure.ts';
import { between, wholeNumber, words } from './option-value.ts';
import { type OutputOptions, print } from './output.ts';
import { progressBar } from './progress.ts';
import { withApp } from './with-app.ts';

interface MigrateOptions extends OutputOptions {
  canary?: string[];
  canaryCount?: number;
  parallelism?: number;
  retryFailed?: true;
  dryRun?: true;
}

export function addTenantsMigrate(tenants: Command): void {
  tenants
    .command('migrate')
    .description(
      'bring every tenant up to the migrations of this build; one that fails does not stop the others. Ends with 1 as long as a tenant is left behind, those in quarantine since an earlier run among them',
    )
    .option('--canary <identifier>', 'a tenant that comes first and must not fail; may be repeated', words)
    .option('--canary-count <number>', 'so many of the oldest tenants come first', wholeNumber)
    .option('--parallelism <number>', 'tenants migrated at once (4)', between(1, MAX_PARALLELISM))
    .option('--retry-failed', 'try those again where a migration failed before')
    .option('--dry-run', 'only tell which tenants would run which migrations')
    .option('--json', 'print JSON')
    .action(({ json, ...request }: MigrateOptions) =>
      withApp(async ({ app, whenInterrupted }) => {
        const progress = progressBar('Tenants');
        let reached = 'no tenant was looked at';
        whenInterrupted(() => `interrupted: ${reached}; run it again to go on with the rest`);
        const onProgress = (count: number, of: number): void => {
          reached = `${count} of ${of} tenants are done`;
          progress.update(count, of);
        };
        const run = await app.platform.fleet.run(request, onProgress).finally(progress.stop);
        const { _id: id, state, dryRun, total, done, migrated, current, failed, planned } = run;
        const { quarantined, quarantinedTenants = [] } = run;
        print(
          json === true ? { json } : {},
          {
            ...{ id, state, dryRun, total, done, migrated, current, quarantined, quarantinedTenants },
            ...{ failed, planned },
          },
          () =>
            [
              ...planned.map(({ identifier, migrations }) => `${identifier}: ${migrations.join(', ')}`),
              ...quarantinedTenants.map((identifier) => `${identifier}: in quarantine since an earlier run`),
              ...failed.map(
                ({ identifier, migration, message }) => `${identifier}: ${migration ?? '-'}: ${message}`,
              ),
              `${dryRun ? `${planned.length} would be` : migrated} migrated, ${current} were current, ${quarantined} in quarantine, ${failed.length} failed`,
            ].join('\n'),
        );
        const faults = [
          ...(failed.length === 0
            ? []
            : [`not migrated: ${failed.map(({ identifier }) => identifier).join(', ')}`]),
          ...(state === 'STOPPED' ? ['it was a canary, so no other tenant was touched'] : []),
          // A dry run leaves nobody behind.
          ...(quarantined === 0 || dryRun
            ? []
            : [`left in quarantine: ${quarantinedTenants.join(', ')} (--retry-failed tries again)`]),
        ];
        if (faults.length > 0) throw new Failure('FAILED', faults.join('; '));
      }),
    );
}

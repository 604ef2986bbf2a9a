import type { Command } from 'commander';
import { list, type OutputOptions, print } from './output.ts';
import { findTenant, shown } from './tenant-view.ts';
import { withApp } from './with-app.ts';

export function addTenantsShow(tenants: Command): void {
  tenants
    .command('show')
    .description('show a tenant')
    .argument('<tenant>', 'its identifier or id')
    .option('--json', 'print JSON')
    .action((tenant: string, options: OutputOptions) =>
      withApp(async ({ app }) => {
        const found = await findTenant(app, tenant);
        print(options, found, () => list(shown(found)));
      }),
    );
}

import type { Command } from 'commander';
import type { OutputOptions } from './output.ts';
import { changeStatus } from './tenant-status.ts';

export function addTenantsRestore(tenants: Command): void {
  tenants
    .command('restore')
    .description('undo the deletion of a tenant whose data is still there')
    .argument('<tenant>', 'its identifier or id')
    .option('--json', 'print JSON')
    .action((tenant: string, options: OutputOptions) => changeStatus('restoreTenant', tenant, options));
}

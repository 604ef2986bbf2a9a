import type { Command } from 'commander';
import type { OutputOptions } from './output.ts';
import { changeStatus } from './tenant-status.ts';

export function addTenantsDelete(tenants: Command): void {
  tenants
    .command('delete')
    .description('delete all data of a tenant for ever; its identifier stays in quarantine')
    .argument('<tenant>', 'its identifier or id')
    .option('--yes', 'really')
    .option('--json', 'print JSON')
    .action((tenant: string, options: OutputOptions & { yes?: true }, command: Command) => {
      if (options.yes !== true) command.error('nothing was deleted: this is for ever, and needs --yes');
      return changeStatus('deleteTenant', tenant, options);
    });
}

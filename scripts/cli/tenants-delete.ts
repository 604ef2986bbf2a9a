import type { Command } from 'commander';
import type { OutputOptions } from './output.ts';
import { changeStatus } from './tenant-status.ts';

interface DeleteOptions extends OutputOptions {
  now?: true;
  yes?: true;
}

export function addTenantsDelete(tenants: Command): void {
  tenants
    .command('delete')
    .description(
      'take a tenant out of service and drop all its data after DELETION_GRACE_HOURS; its identifier stays in quarantine',
    )
    .argument('<tenant>', 'its identifier or id')
    .option('--now', 'drop the data at once: nothing can be restored')
    .option('--yes', 'really; needed with --now')
    .option('--json', 'print JSON')
    .action((tenant: string, options: DeleteOptions, command: Command) => {
      if (options.now === true && options.yes !== true) {
        command.error('nothing was deleted: --now is for ever, and needs --yes');
      }
      return changeStatus('deleteTenant', tenant, options, { immediately: options.now === true });
    });
}

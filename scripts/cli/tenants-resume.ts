import type { Command } from 'commander';
import type { OutputOptions } from './output.ts';
import { changeStatus } from './tenant-status.ts';

export function addTenantsResume(tenants: Command): void {
  tenants
    .command('resume')
    .description('put a suspended tenant back into service')
    .argument('<tenant>', 'its identifier or id')
    .option('--json', 'print JSON')
    .action((tenant: string, options: OutputOptions) => changeStatus('resumeTenant', tenant, options));
}

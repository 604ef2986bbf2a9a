import type { Command } from 'commander';
import type { OutputOptions } from './output.ts';
import { changeStatus } from './tenant-status.ts';

export function addTenantsSuspend(tenants: Command): void {
  tenants
    .command('suspend')
    .description('take a tenant out of service, on every node within a second')
    .argument('<tenant>', 'its identifier or id')
    .option('--json', 'print JSON')
    .action((tenant: string, options: OutputOptions) => changeStatus('suspendTenant', tenant, options));
}

import { type Command, Option } from 'commander';
import { TENANT_STATUSES, type TenantStatus } from '../../src/tenancy/tenant.ts';
import { type OutputOptions, print, table } from './output.ts';
import { operate } from './operate.ts';
import { TENANT_FIELDS, type TenantView } from './tenant-view.ts';
import { withApp } from './with-app.ts';

interface TenantPage {
  tenants: { nodes: TenantView[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } };
}

const SOURCE = `query ($after: String) {
  tenants(first: 100, after: $after) { nodes { ${TENANT_FIELDS} } pageInfo { hasNextPage endCursor } }
}`;

export function addTenantsList(tenants: Command): void {
  tenants
    .command('list')
    .description('list tenants in the order of their registration')
    .addOption(new Option('--status <status>', 'only those in this status').choices(TENANT_STATUSES))
    .option('--json', 'print JSON')
    .action((options: OutputOptions & { status?: TenantStatus }) =>
      withApp(async ({ app }) => {
        const found: TenantView[] = [];
        for (let after: string | null = null, hasNext = true; hasNext;) {
          const { nodes, pageInfo }: TenantPage['tenants'] = (
            await operate<TenantPage>(app, SOURCE, { after })
          ).tenants;
          found.push(
            ...nodes.filter(({ status }) => options.status === undefined || status === options.status),
          );
          after = pageInfo.endCursor;
          hasNext = pageInfo.hasNextPage;
        }
        print(options, found, () =>
          table(
            ['IDENTIFIER', 'STATUS', 'PLACEMENT', 'ID', 'NAME'],
            found.map(({ identifier, status, placement: { mode, cluster }, id, name }) => [
              ...[identifier, status, `${mode} ${cluster}`, id, name],
            ]),
          ),
        );
      }),
    );
}

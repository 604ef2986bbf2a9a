import { type Command, Option } from 'commander';
import { TENANT_STATUSES, type TenantStatus } from '../../src/tenancy/tenant.ts';
import { type OutputOptions, print, table } from './output.ts';
import { operate } from './operate.ts';
import { TENANT_FIELDS, type TenantView } from './tenant-view.ts';
import { withApp } from './with-app.ts';

interface TenantPage {
  tenants: { nodes: TenantView[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } };
}

const SOURCE = `query ($after: String, $status: [TenantStatus!]) {
  tenants(first: 100, after: $after, filter: { status: $status }) { nodes { ${TENANT_FIELDS} } pageInfo { hasNextPage endCursor } }
}`;

export function addTenantsList(tenants: Command): void {
  tenants
    .command('list')
    .description('list tenants in the order of their registration, deleted ones left out')
    .addOption(new Option('--status <status>', 'only those in this status').choices(TENANT_STATUSES))
    .option('--all', 'deleted ones too')
    .option('--json', 'print JSON')
    .action((options: OutputOptions & { status?: TenantStatus; all?: true }) =>
      withApp(async ({ app }) => {
        const status = statusesOf(options);
        const found: TenantView[] = [];
        for (let after: string | null = null, hasNext = true; hasNext;) {
          const { nodes, pageInfo }: TenantPage['tenants'] = (
            await operate<TenantPage>(app, SOURCE, { after, status })
          ).tenants;
          found.push(...nodes);
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

function statusesOf({ status, all }: { status?: TenantStatus; all?: true }): TenantStatus[] | null {
  if (status !== undefined) return [status];
  return all === true ? null : TENANT_STATUSES.filter((known) => known !== 'DELETED');
}

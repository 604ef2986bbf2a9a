import type { Command } from 'commander';
import { CLUSTER_FIELDS, type ClusterView } from './clusters-add.ts';
import { type OutputOptions, print, table } from './output.ts';
import { operate } from './operate.ts';
import { withApp } from './with-app.ts';

export function addClustersList(clusters: Command): void {
  clusters
    .command('list')
    .description('list clusters and what is left of their budgets')
    .option('--json', 'print JSON')
    .action((options: OutputOptions) =>
      withApp(async ({ app }) => {
        const source = `{ clusters { ${CLUSTER_FIELDS} } }`;
        const found = (await operate<{ clusters: ClusterView[] }>(app, source)).clusters;
        print(options, found, () =>
          table(
            ['NAME', 'BUDGET', 'USED', 'OPEN'],
            found.map(({ name, budget, used, isOpen }) => [
              name,
              `${budget}`,
              `${used}`,
              isOpen ? 'yes' : 'no',
            ]),
          ),
        );
      }),
    );
}

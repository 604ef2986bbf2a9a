import type { Command } from 'commander';
import { CLUSTER_FIELDS, CLUSTER_HEADINGS, clusterRow, type ClusterView } from './cluster-view.ts';
import { type OutputOptions, print, table } from './output.ts';
import { operate } from './operate.ts';
import { withApp } from './with-app.ts';

export function addClustersList(clusters: Command): void {
  clusters
    .command('list')
    .description('list clusters: what is used of their budgets, and whether they answer')
    .option('--json', 'print JSON')
    .action((options: OutputOptions) =>
      withApp(async ({ app }) => {
        const source = `{ clusters { ${CLUSTER_FIELDS} } }`;
        const found = (await operate<{ clusters: ClusterView[] }>(app, source)).clusters;
        print(options, found, () => table(CLUSTER_HEADINGS, found.map(clusterRow)));
      }),
    );
}

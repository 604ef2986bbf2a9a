import { type Command, Option } from 'commander';
import { CLUSTER_FIELDS, CLUSTER_HEADINGS, clusterRow, type ClusterView } from './cluster-view.ts';
import { type OutputOptions, print, table } from './output.ts';
import { operate } from './operate.ts';
import { wholeNumber } from './option-value.ts';
import { withApp } from './with-app.ts';

interface UpdateOptions extends OutputOptions {
  budget?: number;
  connectionBudget?: number;
  open?: true;
  close?: true;
}

const SOURCE = `mutation ($input: UpdateClusterInput!) {
  updateCluster(input: $input) { cluster { ${CLUSTER_FIELDS} } userErrors { code message path } }
}`;

export function addClustersUpdate(clusters: Command): void {
  clusters
    .command('update')
    .description('change the budgets of a cluster, or whether it takes new tenants')
    .argument('<name>', 'as `clusters list` shows it')
    .option('--budget <namespaces>', 'collections and indexes it may hold', wholeNumber)
    .option(
      '--connection-budget <connections>',
      'all gateway processes together may open; holds for those that start after it',
      wholeNumber,
    )
    .option('--open', 'it takes new tenants')
    .addOption(new Option('--close', 'it takes no new tenants').conflicts('open'))
    .option('--json', 'print JSON')
    .action((name: string, options: UpdateOptions) =>
      withApp(async ({ app }) => {
        const { budget, connectionBudget, open, close } = options;
        const input = { name, budget, connectionBudget, isOpen: open ?? (close && false) };
        const { updateCluster } = await operate<{ updateCluster: { cluster: ClusterView } }>(app, SOURCE, {
          input,
        });
        print(options, updateCluster.cluster, () =>
          table(CLUSTER_HEADINGS, [clusterRow(updateCluster.cluster)]),
        );
      }),
    );
}

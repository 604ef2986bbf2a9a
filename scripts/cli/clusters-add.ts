import type { Command } from 'commander';
import { CLUSTER_FIELDS, type ClusterView } from './cluster-view.ts';
import { connectionString } from './connection-string.ts';
import { type OutputOptions, print } from './output.ts';
import { operate } from './operate.ts';
import { wholeNumber } from './option-value.ts';
import { withApp } from './with-app.ts';

interface AddOptions extends OutputOptions {
  connectionString: string;
  budget: number;
  connectionBudget?: number;
}

const SOURCE = `mutation ($input: AddClusterInput!) {
  addCluster(input: $input) { cluster { ${CLUSTER_FIELDS} } userErrors { code message path } }
}`;

export function addClustersAdd(clusters: Command): void {
  clusters
    .command('add')
    .description('add a MongoDB deployment that tenants can be placed on')
    .argument('<name>', 'lower-case letters, digits and hyphens')
    .requiredOption('--connection-string <string>', 'kept encrypted; - reads it from standard input')
    .requiredOption('--budget <namespaces>', 'collections and indexes it may hold', wholeNumber)
    .option('--connection-budget <connections>', 'all gateway processes together may open', wholeNumber)
    .option('--json', 'print JSON')
    .action(async (name: string, options: AddOptions) => {
      const input = {
        name,
        connectionString: (await connectionString(options.connectionString)) ?? '',
        budget: options.budget,
        connectionBudget: options.connectionBudget,
      };
      await withApp(async ({ app }) => {
        const { addCluster } = await operate<{ addCluster: { cluster: ClusterView } }>(app, SOURCE, {
          input,
        });
        print(options, addCluster.cluster, () => `${name} can hold ${options.budget} namespaces`);
      });
    });
}

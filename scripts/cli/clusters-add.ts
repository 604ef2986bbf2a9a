import type { Command } from 'commander';
import { connectionString } from './connection-string.ts';
import { type OutputOptions, print } from './output.ts';
import { operate } from './operate.ts';
import { wholeNumber } from './option-value.ts';
import { withApp } from './with-app.ts';

/** A cluster as the platform schema shows it. */
export interface ClusterView {
  name: string;
  budget: number;
  used: number;
  isOpen: boolean;
  createdAt: string;
}

export const CLUSTER_FIELDS = 'name budget used isOpen createdAt';

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
    .option('--json', 'print JSON')
    .action(async (name: string, options: OutputOptions & { connectionString: string; budget: number }) => {
      const input = {
        name,
        connectionString: (await connectionString(options.connectionString)) ?? '',
        budget: options.budget,
      };
      await withApp(async ({ app }) => {
        const { addCluster } = await operate<{ addCluster: { cluster: ClusterView } }>(app, SOURCE, {
          input,
        });
        print(options, addCluster.cluster, () => `${name} can hold ${options.budget} namespaces`);
      });
    });
}

import { CodedError } from '../../lib/coded-error.ts';
import { withUserErrors } from '../../graphql/user-errors.ts';
import { type ClusterRecord, connectionsOf, usedOf } from '../cluster-record.ts';
import type { ClusterState } from '../cluster-monitor.ts';
import { changedCluster, newCluster } from '../cluster-input.ts';
import { tenantsByCluster } from '../tenants-by-cluster.ts';
import { platformBuilder } from './builder.ts';
import type { Platform } from './context.ts';
import { type PayloadFields, userErrorsField } from './payload.ts';

/** A cluster, how it is now and how many tenants live there. */
interface ClusterView extends ClusterState {
  tenants: number;
}

const Cluster = platformBuilder.objectRef<ClusterView>('Cluster').implement({
  description: 'A MongoDB deployment. Its connection string never comes back.',
  fields: (t) => ({
    name: t.string({ resolve: ({ record }) => record._id }),
    budget: t.int({
      description: 'Namespaces (collections and indexes) it may hold.',
      resolve: ({ record }) => record.budget,
    }),
    used: t.int({
      description:
        'Namespaces its tenants have or have reserved. Tenants that are there may outgrow the budget.',
      resolve: ({ record }) => usedOf(record),
    }),
    connectionBudget: t.int({
      description: 'Connections all gateway processes together may open.',
      resolve: ({ record }) => record.connectionBudget,
    }),
    connections: t.int({
      description: 'Of that budget, what the pools of the running gateway processes may open.',
      resolve: ({ record }) => connectionsOf(record),
    }),
    openConnections: t.int({
      nullable: true,
      description:
        'Connections the server has open, of everybody; null where the gateway may not ask for that.',
      resolve: ({ look }) => look.openConnections,
    }),
    isHealthy: t.boolean({
      description: 'It answers and takes writes. While it does not, no tenant is placed there.',
      resolve: ({ look }) => look.isHealthy,
    }),
    isOpen: t.boolean({
      description: 'False: takes no new tenants.',
      resolve: ({ record }) => record.isOpen,
    }),
    tenants: t.int({ description: 'Tenants that live there.', resolve: ({ tenants }) => tenants }),
    createdAt: t.field({ type: 'DateTime', resolve: ({ record }) => record.createdAt }),
  }),
});

const clusterPayload = {
  outputFields: (t: PayloadFields<{ cluster: ClusterView | undefined }>) => ({
    cluster: t.field({ type: Cluster, nullable: true, resolve: ({ cluster }) => cluster ?? null }),
    userErrors: userErrorsField(t),
  }),
};

/** Looks at each of them now, unless somebody just did. */
async function views(
  { control, monitor }: Platform,
  records: readonly ClusterRecord[],
): Promise<ClusterView[]> {
  const [tenants, states] = await Promise.all([
    tenantsByCluster(control),
    Promise.all(records.map((record) => monitor.state(record))),
  ]);
  return states.map((state) => ({ ...state, tenants: tenants.get(state.record._id) ?? 0 }));
}

platformBuilder.queryField('clusters', (t) =>
  t.field({
    type: [Cluster],
    resolve: async (_root, _args, { platform }) => views(platform, await platform.clusters.all()),
  }),
);

platformBuilder.relayMutationField(
  'addCluster',
  {
    inputFields: (t) => ({
      name: t.string({ required: true }),
      connectionString: t.string({
        required: true,
        description:
          'Of a replica set that takes writes and is none of the clusters there are; it is tried before the cluster is added.',
      }),
      budget: t.int({ required: true, description: 'Namespaces (collections and indexes) it may hold.' }),
      connectionBudget: t.int({
        description: 'Connections all gateway processes together may open; default 1000.',
      }),
    }),
  },
  {
    description: 'Adds a deployment that tenants can be placed on.',
    resolve: (_root, { input }, { platform }) =>
      withUserErrors(async () => {
        const record = await platform.clusters.add(await newCluster(input, platform));
        return { cluster: (await views(platform, [record]))[0] };
      }),
  },
  clusterPayload,
);

platformBuilder.relayMutationField(
  'updateCluster',
  {
    inputFields: (t) => ({
      name: t.string({ required: true }),
      budget: t.int(),
      connectionBudget: t.int({ description: 'Holds for gateway processes that start after it.' }),
      isOpen: t.boolean(),
    }),
  },
  {
    description: 'Changes the budgets of a cluster, or whether it takes new tenants.',
    resolve: (_root, { input }, { platform }) =>
      withUserErrors(async () => {
        const record = await platform.clusters.update(input.name, changedCluster(input));
        if (record === null) throw new CodedError('NOT_FOUND', `There is no cluster ${input.name}.`);
        return { cluster: (await views(platform, [record]))[0] };
      }),
  },
  clusterPayload,
);

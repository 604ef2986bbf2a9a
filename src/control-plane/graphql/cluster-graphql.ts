import { z } from 'zod';
import { found } from '../../graphql/not-found.ts';
import { parseInput, withUserErrors } from '../../graphql/user-errors.ts';
import { userError } from '../../lib/user-error.ts';
import type { ClusterRecord } from '../cluster-record.ts';
import { connectionStringFault } from '../connection-string.ts';
import { platformBuilder } from './builder.ts';
import { PlatformUserError } from './user-error-graphql.ts';

const Cluster = platformBuilder.objectRef<ClusterRecord>('Cluster').implement({
  description: 'A MongoDB deployment. Its connection string never comes back.',
  fields: (t) => ({
    name: t.exposeString('_id'),
    budget: t.exposeInt('budget', { description: 'Namespaces (collections and indexes) it may hold.' }),
    used: t.int({ resolve: ({ budget, free }) => budget - free }),
    isOpen: t.exposeBoolean('isOpen', { description: 'False: takes no new tenants.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
  }),
});

platformBuilder.queryField('clusters', (t) =>
  t.field({
    type: [Cluster],
    resolve: (_root, _args, { platform }) => platform.clusters.all(),
  }),
);

const budget = z.int().min(1, { error: 'must be positive' }).max(10_000_000);

const NewCluster = z.object({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,46}$/, { error: 'must be lower-case letters, digits and hyphens' }),
  connectionString: z.string(),
  budget,
});

platformBuilder.relayMutationField(
  'addCluster',
  {
    inputFields: (t) => ({
      name: t.string({ required: true }),
      connectionString: t.string({ required: true }),
      budget: t.int({ required: true }),
    }),
  },
  {
    description: 'Adds a deployment that tenants can be placed on.',
    resolve: (_root, { input }, { platform }) =>
      withUserErrors(async () => {
        const parsed = parseInput(NewCluster, input);
        const fault = connectionStringFault(parsed.connectionString);
        if (fault !== undefined || parsed.name === 'dedicated') {
          throw userError(
            'INVALID',
            fault ?? 'is reserved',
            fault === undefined ? 'name' : 'connectionString',
          );
        }
        return { cluster: await platform.clusters.add(parsed) };
      }),
  },
  {
    outputFields: (t) => ({
      cluster: t.field({ type: Cluster, nullable: true, resolve: ({ cluster }) => cluster ?? null }),
      userErrors: t.field({ type: [PlatformUserError], resolve: ({ userErrors }) => userErrors }),
    }),
  },
);

const ClusterChange = z.object({
  budget: budget.nullish().transform((value) => value ?? undefined),
  isOpen: z
    .boolean()
    .nullish()
    .transform((value) => value ?? undefined),
});

platformBuilder.relayMutationField(
  'updateCluster',
  {
    inputFields: (t) => ({
      name: t.string({ required: true }),
      budget: t.int(),
      isOpen: t.boolean(),
    }),
  },
  {
    description: 'Changes a budget, or whether a cluster takes new tenants.',
    resolve: (_root, { input }, { platform }) =>
      withUserErrors(async () => {
        const change = parseInput(ClusterChange, input);
        const cluster = await platform.clusters.update(input.name, {
          ...(change.budget === undefined ? {} : { budget: change.budget }),
          ...(change.isOpen === undefined ? {} : { isOpen: change.isOpen }),
        });
        return { cluster: found(cluster) };
      }),
  },
  {
    outputFields: (t) => ({
      cluster: t.field({ type: Cluster, nullable: true, resolve: ({ cluster }) => cluster ?? null }),
      userErrors: t.field({ type: [PlatformUserError], resolve: ({ userErrors }) => userErrors }),
    }),
  },
);

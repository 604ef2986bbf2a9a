import { z } from 'zod';
import { parseInput } from '../graphql/user-errors.ts';
import { userError } from '../lib/user-error.ts';
import type { ClusterMonitor } from './cluster-monitor.ts';
import type { ClusterChange, NewCluster } from './clusters.ts';
import type { DeploymentCheck } from './deployment-check.ts';
import { NO_CLUSTER } from './placement.ts';

const positive = z.int().min(1, { error: 'must be positive' });
const budget = positive.max(10_000_000);
const connectionBudget = positive.max(1_000_000);

const New = z.object({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,46}$/, { error: 'must be lower-case letters, digits and hyphens' })
    .refine((name) => name !== NO_CLUSTER, { error: 'is reserved' }),
  connectionString: z.string(),
  budget,
  connectionBudget: optional(connectionBudget),
});

const Change = z.object({
  budget: optional(budget),
  connectionBudget: optional(connectionBudget),
  isOpen: optional(z.boolean()),
});

export interface NewClusterChecks {
  checkDeployment: DeploymentCheck;
  monitor: Pick<ClusterMonitor, 'servedBy'>;
}

/**
 * Checks a new cluster, that tenants can live there, and that it is none of those that are there: budgets of one
 * deployment under two names would be spent twice.
 *
 * @throws {UserErrors} INVALID
 */
export async function newCluster(
  input: object,
  { checkDeployment, monitor }: NewClusterChecks,
): Promise<NewCluster> {
  const parsed = parseInput(New, input);
  const fault = await checkDeployment(parsed.connectionString, async (process) => {
    const cluster = await monitor.servedBy(process);
    return cluster && `leads to the deployment of the cluster ${cluster}`;
  });
  if (fault !== undefined) throw userError('INVALID', fault, 'connectionString');
  return parsed;
}

/** @throws {UserErrors} INVALID */
export function changedCluster(input: object): ClusterChange {
  return parseInput(Change, input);
}

/** GraphQL says null where nothing is said. */
function optional<S extends z.ZodType>(schema: S) {
  return schema.nullish().transform((value) => value ?? undefined);
}

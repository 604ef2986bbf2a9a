/** A cluster as the platform schema shows it. */
export interface ClusterView {
  name: string;
  budget: number;
  used: number;
  connectionBudget: number;
  connections: number;
  openConnections: number | null;
  isHealthy: boolean;
  isOpen: boolean;
  tenants: number;
  createdAt: string;
}

export const CLUSTER_FIELDS =
  'name budget used connectionBudget connections openConnections isHealthy isOpen tenants createdAt';

export const CLUSTER_HEADINGS = ['NAME', 'TENANTS', 'NAMESPACES', 'CONNECTIONS', 'HEALTHY', 'OPEN'];

/** A row below the headings. */
export function clusterRow(cluster: ClusterView): string[] {
  return [
    cluster.name,
    `${cluster.tenants}`,
    `${cluster.used}/${cluster.budget}`,
    `${cluster.connections}/${cluster.connectionBudget}`,
    cluster.isHealthy ? 'yes' : 'no',
    cluster.isOpen ? 'yes' : 'no',
  ];
}

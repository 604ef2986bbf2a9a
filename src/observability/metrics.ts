import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

/** How much of a cluster is in use, as this process saw it last. */
export interface ClusterGauges {
  cluster: string;
  budget: number;
  used: number;
  connectionBudget: number;
  connections: number;
  isHealthy: boolean;
}

const CLUSTER_GAUGES: readonly [
  name: string,
  help: string,
  value: (sizes: ClusterGauges) => number | boolean,
][] = [
  ['gateway_cluster_namespaces_budget', 'Namespaces a cluster may hold', ({ budget }) => budget],
  ['gateway_cluster_namespaces_used', 'Namespaces tenants have on a cluster', ({ used }) => used],
  [
    'gateway_cluster_connections_budget',
    'Connections all gateway processes together may hold to a cluster',
    ({ connectionBudget }) => connectionBudget,
  ],
  [
    'gateway_cluster_connections_used',
    'Connections gateway processes may open of that budget',
    ({ connections }) => connections,
  ],
  ['gateway_cluster_healthy', '1 while a cluster answers and takes writes', ({ isHealthy }) => isHealthy],
];

/**
 * Prometheus metrics. Labels take values from small fixed sets only: never a tenant, a path or an operation name a
 * client could invent.
 */
export function createMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
    registry,
    requests: new Counter({
      name: 'gateway_requests_total',
      help: 'Requests answered',
      labelNames: ['route', 'status'],
      registers,
    }),
    requestSeconds: new Histogram({
      name: 'gateway_request_seconds',
      help: 'Time from the first byte of a request to the end of its answer, streams left out',
      labelNames: ['route'],
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    }),
    errors: new Counter({
      name: 'gateway_errors_total',
      help: 'Errors answered, by extensions.code',
      labelNames: ['code'],
      registers,
    }),
    events: new Counter({
      name: 'gateway_events_total',
      help: 'Business events, see observability/events.ts',
      labelNames: ['event'],
      registers,
    }),
    /** One sample a cluster, of which there are few; read when somebody asks for the metrics. */
    watchClusters: (clusters: () => readonly ClusterGauges[]) => {
      for (const [name, help, value] of CLUSTER_GAUGES) {
        new Gauge({
          name,
          help,
          labelNames: ['cluster'],
          registers,
          collect() {
            this.reset();
            for (const sizes of clusters()) this.set({ cluster: sizes.cluster }, Number(value(sizes)));
          },
        });
      }
    },
    streamEvents: new Counter({
      name: 'gateway_stream_events_total',
      help: 'Events sent to subscribers',
      registers,
    }),
    queueSeconds: new Histogram({
      name: 'gateway_queue_seconds',
      help: 'Time requests waited for their turn, of those that had to',
      buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
      registers,
    }),
    openCircuits: new Gauge({
      name: 'gateway_open_circuits',
      help: 'Clients of clusters that do not answer',
      registers,
    }),
    /** Reads sizes when somebody asks for the metrics. */
    watch: (sizes: {
      queuedRequests(): number;
      openShells(): number;
      openStreams(): number;
      knownTenants(): number;
      dedicatedConnections(): number;
      dedicatedConnectionsBudget(): number;
      directoryStalenessSeconds(): number;
      clockOffsetSeconds(): number;
    }) => {
      for (const [name, help, size] of [
        ['gateway_queued_requests', 'Requests waiting for their turn', sizes.queuedRequests],
        ['gateway_open_shells', 'Tenants open in this process', sizes.openShells],
        ['gateway_open_streams', 'Subscriptions open in this process', sizes.openStreams],
        ['gateway_known_tenants', 'Tenant records in memory', sizes.knownTenants],
        [
          'gateway_dedicated_connections_budget',
          'Connections this process may open to deployments of tenants’ own',
          sizes.dedicatedConnectionsBudget,
        ],
        [
          'gateway_dedicated_connections_used',
          'Connections it may open of that budget with the clients that are open',
          sizes.dedicatedConnections,
        ],
        [
          'gateway_directory_staleness_seconds',
          'What changed in the control database longer ago than this is known here; too much of it stops writes',
          sizes.directoryStalenessSeconds,
        ],
        [
          'gateway_clock_offset_seconds',
          "How far this clock is ahead of the control database's; too far either way stops the node",
          sizes.clockOffsetSeconds,
        ],
      ] as const) {
        new Gauge({
          name,
          help,
          registers,
          collect() {
            this.set(size());
          },
        });
      }
    },
  };
}

export type Metrics = ReturnType<typeof createMetrics>;

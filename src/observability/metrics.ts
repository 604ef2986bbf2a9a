import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

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
      help: 'Time from the first byte of a request to the end of its answer',
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
    /** Reads sizes when somebody asks for the metrics. */
    watch: (sizes: { openShells(): number; knownTenants(): number; directoryStalenessSeconds(): number }) => {
      for (const [name, help, size] of [
        ['gateway_open_shells', 'Tenants open in this process', sizes.openShells],
        ['gateway_known_tenants', 'Tenant records in memory', sizes.knownTenants],
        [
          'gateway_directory_staleness_seconds',
          'What changed in the control database longer ago than this is known here; too much of it stops writes',
          sizes.directoryStalenessSeconds,
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

import { createApp } from '../src/app.ts';
import { configFrom } from '../src/config/config.ts';
import { readEnv } from '../src/config/env.ts';
import { loadSecretBox } from '../src/config/secrets.ts';
import { DEFAULT_CLUSTER } from '../src/control-plane/cluster-record.ts';
import { drain, listen } from '../src/http/listen.ts';
import { createHttpServer } from '../src/http/server.ts';
import { createLogger } from '../src/observability/logger.ts';
import { answerCalls, tell } from './calls.ts';
import type { RegisteredTenant } from './fleet.ts';
import { heapBytes } from './heap-bytes.ts';

/** Registrations under way at once while a fleet is made. */
const AT_ONCE = 4;

/** Namespaces of a cluster: more than any bench makes. */
const BUDGET = 10_000_000;

const config = configFrom(readEnv(process.env));
const log = createLogger(config.logLevel, { write: () => undefined });
const app = await createApp({
  config,
  box: await loadSecretBox(config),
  log,
  mongoUri: config.mongo.uri ?? '',
  defaultBudget: BUDGET,
});
const server = createHttpServer({ handle: app.handle, log, trustedProxies: 0, maxMessageBytes: 1_048_576 });
const port = await listen(server, 0, '127.0.0.1');

async function register(identifier: string, cluster: string): Promise<RegisteredTenant> {
  const { record, bootstrap } = await app.platform.registration.register(
    { identifier, name: `Tenant ${identifier}` },
    { isSelfRegistered: true, placement: { mode: 'DATABASE', cluster } },
  );
  if (bootstrap === null) throw new Error(`no credentials for ${identifier}`);
  const { accessToken, clientId, clientSecret } = bootstrap;
  return { identifier, database: record.placement.database, accessToken, login: { clientId, clientSecret } };
}

const calls = {
  port: () => port,
  /** Registers tenants called `<prefix>-<number>`, by the code that registers anyone. */
  async registerMany(prefix: string, count: number, cluster = DEFAULT_CLUSTER): Promise<RegisteredTenant[]> {
    const tenants: RegisteredTenant[] = [];
    let next = 0;
    const work = async () => {
      while (next < count) {
        const index = next++;
        tenants[index] = await register(`${prefix}-${index}`, cluster);
        if ((index + 1) % 250 === 0) tell(`registered ${index + 1} of ${count} tenants`);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    return tenants;
  },
  async addCluster(name: string, connectionString: string): Promise<void> {
    await app.platform.clusters.add({ name, connectionString, budget: BUDGET });
  },
  /** Clusters whose requests are refused at once, because none of their servers answers. */
  async openCircuits(): Promise<number> {
    return (await app.metrics.openCircuits.get()).values[0]?.value ?? 0;
  },
  /** Looks tenants up, as host and URL prefix do. Answers how many the directory remembers then. */
  async know(identifiers: string[]): Promise<number> {
    for (const identifier of identifiers) {
      const tenant = await app.directory.byIdentifier(identifier);
      if (tenant?.identifier !== identifier) throw new Error(`${identifier} is not known`);
    }
    return app.directory.knownCount;
  },
  /** Forgets every tenant, as when the change feed comes back. */
  forgetAll: () => app.directory.clear(),
  openShells: () => app.shells.size,
  /** A token of an operator who may migrate the fleet. */
  async operatorToken(): Promise<string> {
    const scopes = ['platform:tenants:read', 'platform:tenants:write'] as const;
    return (await app.tokens.forOperator(scopes, 600_000)).token;
  },
  heapBytes,
  /** What keeps this process busy, by kind. */
  resources(): { sockets: number; timers: number } {
    const active = process.getActiveResourcesInfo();
    const count = (kind: string) => active.filter((name) => name === kind).length;
    return { sockets: count('TCPSocketWrap') + count('TLSWrap'), timers: count('Timeout') };
  },
  /** Processor time of this process so far, in microseconds. */
  cpuMicros(): number {
    const { user, system } = process.cpuUsage();
    return user + system;
  },
};

export type GatewayCalls = typeof calls;

answerCalls(calls, async () => {
  await drain(server, 0);
  await app[Symbol.asyncDispose]();
});

import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import { type App, type AppOptions, createApp } from '../../src/app.ts';
import { TENANT_SCOPES, type TenantScope } from '../../src/auth/scopes.ts';
import { type Config, configFrom } from '../../src/config/config.ts';
import { readEnv } from '../../src/config/env.ts';
import { secretBox, type SecretBox } from '../../src/config/secrets.ts';
import type { TenantRecord } from '../../src/control-plane/tenant-record.ts';
import { drain, listen } from '../../src/http/listen.ts';
import { createHttpServer } from '../../src/http/server.ts';
import { createLogger } from '../../src/observability/logger.ts';
import type { PlacementRequest } from '../../src/control-plane/registration-input.ts';
import { mongodbUri, secondMongodbUri } from './mongodb-uri.ts';
import { tenantDatabases, type TenantDatabases } from './tenant-databases.ts';

/** A gateway that listens, over the run's MongoDB and a control database of its own. */
export interface TestGateway extends AsyncDisposable {
  app: App;
  server: Server;
  config: Config;
  box: SecretBox;
  port: number;
  databases: TenantDatabases;
  /** Log lines so far, parsed. */
  logs: Record<string, unknown>[];
}

/** Of all gateways of a test file. */
export const MASTER_KEY = randomBytes(32);

/** What a test puts in the place of something of this build. */
export interface TestParts extends Pick<AppOptions, 'modules' | 'streamLimits' | 'rates'> {
  mongoUri?: string;
}

/**
 * Starts one. Settings are those of the environment, as a user would give them.
 *
 * @param parts - among them another road to the run's server.
 */
export async function startGateway(
  env: Record<string, string> = {},
  { mongoUri = mongodbUri(), ...parts }: TestParts = {},
): Promise<TestGateway> {
  const controlDatabase = env['CONTROL_DATABASE'] ?? `test_${randomBytes(6).toString('hex')}`;
  const config = configFrom(
    readEnv({
      NODE_ENV: 'test',
      PORT: '0',
      PUBLIC_URL: 'http://gateway.test',
      BASE_DOMAIN: 'gateway.test',
      CONTROL_DATABASE: controlDatabase,
      DEMO: 'off',
      DELETION_GRACE_HOURS: '0',
      ...env,
    }),
  );
  const box = secretBox(MASTER_KEY);
  const logs: Record<string, unknown>[] = [];
  const log = createLogger('debug', {
    write: (line: string) => void logs.push(JSON.parse(line) as Record<string, unknown>),
  });
  const app = await createApp({
    config,
    box,
    log,
    mongoUri,
    defaultBudget: 1_000_000,
    ...parts,
  });
  const server = createHttpServer({
    handle: app.handle,
    log,
    trustedProxies: config.http.trustedProxyCount,
    maxMessageBytes: config.http.bodyLimitBytes,
  });
  const port = await listen(server, config.http.port, '127.0.0.1');
  const databases = tenantDatabases(app);
  return {
    app,
    databases,
    server,
    config,
    box,
    port,
    logs,
    async [Symbol.asyncDispose]() {
      await drain(server, 20);
      await databases.drop();
      // The gateway writes to its control database as long as it lives.
      await app[Symbol.asyncDispose]();
      await databases.dropControl();
      await databases[Symbol.asyncDispose]();
    },
  };
}

/** A tenant of a test and ways to act in it. */
export interface TestTenant {
  record: TenantRecord;
  token(scopes?: readonly TenantScope[]): Promise<string>;
}

/** The name of the cluster that {@link addSecondCluster} adds. */
export const SECOND = 'second';

/** Makes the run's second server a cluster that tenants can be placed on, by name or when it has the most room. */
export async function addSecondCluster({ app }: TestGateway, budget = 100_000): Promise<void> {
  await app.platform.clusters.add({ name: SECOND, connectionString: secondMongodbUri(), budget });
}

/** Registers a tenant through the code that registers anyone. */
export async function registerTenant(
  { app }: TestGateway,
  identifier: string,
  input: object = {},
  placement: PlacementRequest = { mode: 'DATABASE' },
): Promise<TestTenant> {
  const { record } = await app.platform.registration.register(
    { identifier, name: `Tenant ${identifier}`, ...input },
    { isSelfRegistered: false, placement },
  );
  return {
    record,
    token: async (scopes = TENANT_SCOPES) =>
      (
        await app.tokens.forTenant(record, {
          subject: record.provisioning.bootstrapClient ?? '',
          clientId: record.provisioning.bootstrapClient ?? '',
          scopes,
          lifetimeMs: 600_000,
        })
      ).token,
  };
}

/** The two tenants every test has. */
export async function registerBoth(gateway: TestGateway): Promise<{ acme: TestTenant; globex: TestTenant }> {
  return { acme: await registerTenant(gateway, 'acme'), globex: await registerTenant(gateway, 'globex') };
}

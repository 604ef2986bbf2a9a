import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import { type App, createApp } from '../../src/app.ts';
import { TENANT_SCOPES, type TenantScope } from '../../src/auth/scopes.ts';
import { type Config, configFrom } from '../../src/config/config.ts';
import { readEnv } from '../../src/config/env.ts';
import { secretBox, type SecretBox } from '../../src/config/secrets.ts';
import type { TenantRecord } from '../../src/control-plane/tenant-record.ts';
import { drain, listen } from '../../src/http/listen.ts';
import { createHttpServer } from '../../src/http/server.ts';
import type { Module } from '../../src/modules/module.ts';
import { createLogger } from '../../src/observability/logger.ts';
import { mongodbUri } from './mongodb-uri.ts';

/** A gateway that listens, over the run's MongoDB and a control database of its own. */
export interface TestGateway extends AsyncDisposable {
  app: App;
  server: Server;
  config: Config;
  box: SecretBox;
  port: number;
  /** Log lines so far, parsed. */
  logs: Record<string, unknown>[];
}

const MASTER_KEY = randomBytes(32);

/**
 * Starts one. Settings are those of the environment, as a user would give them.
 *
 * @param modules - instead of those of this build.
 */
export async function startGateway(
  env: Record<string, string> = {},
  { modules }: { modules?: readonly Module[] } = {},
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
    mongoUri: mongodbUri(),
    defaultBudget: 1_000_000,
    ...(modules && { modules }),
  });
  const server = createHttpServer({ handle: app.handle, log, trustedProxies: config.http.trustedProxyCount });
  const port = await listen(server, config.http.port, '127.0.0.1');
  return {
    app,
    server,
    config,
    box,
    port,
    logs,
    async [Symbol.asyncDispose]() {
      await drain(server, 20);
      const { tenants } = app.platform.control;
      for (const { placement } of await tenants.find({})) {
        const db = app.platform.control.db.client.db(placement.database);
        if (placement.prefix === '') {
          await db.dropDatabase();
          continue;
        }
        // Prefixed tenants of other test files live in the same database.
        for (const { name } of await db.listCollections({}, { nameOnly: true }).toArray()) {
          if (name.startsWith(placement.prefix)) await db.dropCollection(name);
        }
      }
      await app.platform.control.db.dropDatabase();
      await app[Symbol.asyncDispose]();
    },
  };
}

/** A tenant of a test and ways to act in it. */
export interface TestTenant {
  record: TenantRecord;
  token(scopes?: readonly TenantScope[]): Promise<string>;
}

/** Registers a tenant through the code that registers anyone. */
export async function registerTenant(
  { app }: TestGateway,
  identifier: string,
  input: object = {},
): Promise<TestTenant> {
  const { record } = await app.platform.registration.register(
    { identifier, name: `Tenant ${identifier}`, ...input },
    { isSelfRegistered: false, placement: { mode: 'DATABASE' } },
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

import { createApp } from './app.ts';
import { configFrom } from './config/config.ts';
import { readEnv } from './config/env.ts';
import { loadSecretBox } from './config/secrets.ts';
import { openDemo } from './demo/open-demo.ts';
import { welcome } from './demo/welcome.ts';
import { createAdminServer } from './http/admin-server.ts';
import { drain, listen } from './http/listen.ts';
import { createHttpServer } from './http/server.ts';
import { ResourceStack } from './lib/resource-stack.ts';
import { openDeployment } from './mongo/deployment.ts';
import { createLogger } from './observability/logger.ts';
import { endProcess } from './lib/end-process.ts';

/** How long requests under way may take once the process is asked to stop, in milliseconds. */
const DRAIN_MS = 10_000;

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/**
 * Starts the gateway; answers when it serves. What it owns is closed by the stack, newest first.
 *
 * @param ending - aborted when the process is asked to stop before it serves; the stack is closed after that.
 */
async function start(stack: ResourceStack, ending: AbortSignal): Promise<void> {
  const config = configFrom(readEnv(process.env));
  const log = createLogger(config.logLevel);
  const box = await loadSecretBox(config);
  const deployment = stack.use(await openDeployment(config, say));
  ending.throwIfAborted();
  const app = stack.use(
    await createApp({
      config,
      box,
      log,
      mongoUri: deployment.uri,
      defaultBudget: deployment.namespaceBudget,
    }),
  );
  const server = createHttpServer({
    handle: app.handle,
    log,
    trustedProxies: config.http.trustedProxyCount,
    maxMessageBytes: config.http.bodyLimitBytes,
  });
  const admin = createAdminServer(app.metrics.registry);
  stack.defer(() => drain(admin, 0));
  stack.defer(() => drain(server, DRAIN_MS));
  stack.defer(() => app.startDraining());
  await listen(server, config.http.port, config.http.host, 'PORT');
  await listen(admin, config.admin.port, config.admin.host, 'ADMIN_PORT');
  app.start();
  // Whoever has a tenant already does not wait for the demo, least of all while its cluster is down.
  const demo = config.hasDemo ? await openDemo(app, log, say, ending) : [];
  ending.throwIfAborted();
  await welcome(config, app, demo, say);
}

const stack = new ResourceStack();
const ending = new AbortController();
const starting = start(stack, ending.signal);
endProcess({
  async close() {
    ending.abort();
    // What is just being opened is closed too.
    await starting.catch(() => undefined);
    await stack[Symbol.asyncDispose]();
  },
  say,
});
starting.catch(async (error: unknown) => {
  if (ending.signal.aborted) return;
  say(error instanceof Error ? error.message : String(error));
  await stack[Symbol.asyncDispose]().catch(() => undefined);
  process.exit((error as { exitCode?: number }).exitCode ?? 1);
});

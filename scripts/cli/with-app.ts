import type { App } from '../../src/app.ts';
import type { Config } from '../../src/config/config.ts';
import type { SecretBox } from '../../src/config/secrets.ts';
import type { Logger } from '../../src/observability/logger.ts';

/** What a command works with. */
export interface Session {
  app: App;
  config: Config;
  box: SecretBox;
  log: Logger;
}

/**
 * Composes the gateway without listening, uses it and closes it. The embedded server is shared with a gateway that
 * runs, or started for the time of the command. Nothing of it is loaded before it is needed, so that wrong use is
 * answered at once.
 */
export async function withApp<R>(use: (session: Session) => Promise<R>): Promise<R> {
  const [{ createApp }, { configFrom }, { readEnv }, { loadSecretBox }, { ResourceStack }] =
    await Promise.all([
      import('../../src/app.ts'),
      import('../../src/config/config.ts'),
      import('../../src/config/env.ts'),
      import('../../src/config/secrets.ts'),
      import('../../src/lib/resource-stack.ts'),
    ]);
  const [{ openDeployment }, { createLogger }] = await Promise.all([
    import('../../src/mongo/deployment.ts'),
    import('../../src/observability/logger.ts'),
  ]);
  const stack = new ResourceStack();
  const interrupt = () => void stack[Symbol.asyncDispose]().finally(() => process.exit(130));
  process.once('SIGINT', interrupt);
  try {
    const config = configFrom(readEnv(process.env));
    // stdout belongs to the result of the command.
    const log = createLogger(process.env['LOG_LEVEL'] ? config.logLevel : 'silent', process.stderr);
    const box = await loadSecretBox(config);
    const deployment = stack.use(
      await openDeployment(config, (line) => process.stderr.isTTY && process.stderr.write(`${line}\n`)),
    );
    const app = stack.use(
      await createApp({
        config,
        box,
        log,
        mongoUri: deployment.uri,
        defaultBudget: deployment.namespaceBudget,
      }),
    );
    return await use({ app, config, box, log });
  } finally {
    process.off('SIGINT', interrupt);
    await stack[Symbol.asyncDispose]();
  }
}

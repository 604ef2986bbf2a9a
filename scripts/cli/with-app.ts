import { setTimeout as sleep } from 'node:timers/promises';
import type { App } from '../../src/app.ts';
import type { Config } from '../../src/config/config.ts';
import type { SecretBox } from '../../src/config/secrets.ts';
import type { ResourceStack } from '../../src/lib/resource-stack.ts';
import type { Logger } from '../../src/observability/logger.ts';
import { Interrupted } from './failure.ts';

/** What a command works with. */
export interface Session {
  app: App;
  config: Config;
  box: SecretBox;
  log: Logger;
  /** What the one line says when a signal ended the command; asked once everything is closed. */
  whenInterrupted(say: () => string): void;
}

/** Ctrl-C, and what ends a job. */
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** How long a signal waits for what is just being opened, so that it can be closed, in milliseconds. */
const OPENING_MS = 30_000;

/**
 * Composes the gateway without listening, uses it and closes it. The embedded server is shared with a gateway that
 * runs, or started for the time of the command. Nothing of it is loaded before it is needed, so that wrong use is
 * answered at once.
 *
 * @throws {Interrupted} when a signal ended it.
 */
export async function withApp<R>(use: (session: Session) => Promise<R>): Promise<R> {
  const { ResourceStack } = await import('../../src/lib/resource-stack.ts');
  const stack = new ResourceStack();
  let say = (): string => 'interrupted';
  let interrupt = (_signal: NodeJS.Signals): void => undefined;
  let isInterrupted = false;
  let session: Promise<unknown> = Promise.resolve();
  const interrupted = new Promise<never>((_resolve, reject) => {
    interrupt = (signal) => {
      isInterrupted = true;
      const settled = session.catch(() => undefined);
      void Promise.race([settled, sleep(OPENING_MS, undefined, { ref: false })])
        .then(() => stack[Symbol.asyncDispose]())
        .catch(() => undefined)
        .then(() => reject(new Interrupted(signal, say())));
    };
  });
  for (const signal of SIGNALS) process.once(signal, interrupt);
  try {
    const opening = openSession(stack, (told) => (say = told));
    session = opening;
    const used = opening.then((opened) => (isInterrupted ? interrupted : use(opened)));
    return await Promise.race([used, interrupted]);
  } catch (error) {
    // A command under which everything is closed fails in some way or other.
    if (isInterrupted) return await interrupted;
    throw error;
  } finally {
    for (const signal of SIGNALS) process.off(signal, interrupt);
    await stack[Symbol.asyncDispose]();
  }
}

async function openSession(
  stack: ResourceStack,
  whenInterrupted: Session['whenInterrupted'],
): Promise<Session> {
  const [
    { createApp },
    { configFrom },
    { readEnv },
    { loadSecretBox },
    { openDeployment },
    { createLogger },
  ] = await Promise.all([
    import('../../src/app.ts'),
    import('../../src/config/config.ts'),
    import('../../src/config/env.ts'),
    import('../../src/config/secrets.ts'),
    import('../../src/mongo/deployment.ts'),
    import('../../src/observability/logger.ts'),
  ]);
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
  return { app, config, box, log, whenInterrupted };
}

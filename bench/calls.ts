import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** What a child process can be asked to do. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- arguments are contravariant; each set names its own
export type Calls = Record<string, (...args: any[]) => unknown>;

interface Request {
  id: number;
  call: string;
  args: unknown[];
}

type Reply = { id: number; result: unknown } | { id: number; error: string } | { line: string };

/** A child process that answers calls. Disposing of it ends it. */
export interface CalledProcess<C extends Calls> extends AsyncDisposable {
  call<N extends keyof C & string>(call: N, ...args: Parameters<C[N]>): Promise<Awaited<ReturnType<C[N]>>>;
}

/**
 * Starts a module as a process of its own.
 *
 * @param env - added to this process's environment.
 * @param say - receives what {@link tell} sends.
 */
export async function startProcess<C extends Calls>(
  module: URL,
  env: Record<string, string>,
  say: (line: string) => void,
): Promise<CalledProcess<C>> {
  const child = fork(fileURLToPath(module), [], {
    env: { ...process.env, ...env },
    // This process's own are what loads TypeScript.
    execArgv: [...process.execArgv, '--expose-gc'],
  });
  const waiting = new Map<number, PromiseWithResolvers>();
  child.on('message', (reply: Reply) => {
    if ('line' in reply) return say(reply.line);
    const caller = waiting.get(reply.id);
    waiting.delete(reply.id);
    if ('error' in reply) caller?.reject(new Error(reply.error));
    else caller?.resolve(reply.result);
  });
  child.once('exit', (code) => {
    for (const { reject } of waiting.values()) reject(new Error(`the process ended with ${code}`));
    waiting.clear();
  });
  let calls = 0;
  const call = (name: string, args: unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const id = (calls += 1);
      waiting.set(id, { resolve, reject });
      child.send({ id, call: name, args } satisfies Request);
    });
  await call('ready', []);
  return {
    call: (name, ...args) => call(name, args) as ReturnType<CalledProcess<C>['call']> as never,
    [Symbol.asyncDispose]: () => end(child),
  };
}

interface PromiseWithResolvers {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.disconnect();
  await once(child, 'exit');
}

/**
 * Answers the calls of the process that started this one.
 *
 * @param close - runs when that process is done with this one.
 */
export function answerCalls(calls: Calls, close: () => Promise<void>): void {
  process.on('message', ({ id, call, args }: Request) => {
    Promise.resolve()
      .then(() => (call === 'ready' ? null : calls[call]?.(...args)))
      .then(
        (result) => process.send?.({ id, result: result ?? null }),
        (error: unknown) =>
          process.send?.({ id, error: error instanceof Error ? error.stack : String(error) }),
      );
  });
  process.once('disconnect', () => {
    void close().finally(() => process.exit());
  });
}

/** Sends a line to whoever started this process. */
export function tell(line: string): void {
  process.send?.({ line });
}

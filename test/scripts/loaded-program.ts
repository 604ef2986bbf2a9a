import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type CommandLine, jsonOf, type Run } from './command-line.ts';

/**
 * The program in a process of its own that runs one command after the other: most of what a command costs is the
 * loading of the program. What a command has of its process (signals, standard input, being ended) starts it anew, by
 * {@link CommandLine}.
 */
export interface LoadedProgram extends AsyncDisposable, Pick<CommandLine, 'json'> {
  run(args: readonly string[], env?: Record<string, string>): Promise<Run>;
}

/** `settings`: read at each command, so that a test may change them. */
export async function loadedProgram(settings: Readonly<Record<string, string>>): Promise<LoadedProgram> {
  const child = fork(fileURLToPath(new URL('./loaded-program.child.ts', import.meta.url)), {
    execArgv: ['--import', 'tsx'],
    env: { ...settings },
  });
  const ended = once(child, 'exit');
  const message = async () => {
    const died = ended.then(([code]) => Promise.reject(new Error(`the program ended with ${String(code)}`)));
    const [answer] = (await Promise.race([once(child, 'message'), died])) as [unknown];
    return answer;
  };
  await message();
  let last: Promise<unknown> = Promise.resolve();
  const run: LoadedProgram['run'] = (args, env = {}) => {
    const next = last.then(async () => {
      child.send({ args, env: { ...settings, ...env } });
      return (await message()) as Run;
    });
    last = next.catch(() => undefined);
    return next;
  };
  return {
    run,
    json: async (...args) => jsonOf(await run([...args, '--json'])),
    async [Symbol.asyncDispose]() {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** What {@link gatewayProcess} tells about the server it opened. */
export interface Opened {
  uri: string;
  pid: number;
  role: string;
}

/** Another process that opens the embedded server of a directory, as a second gateway on this machine would. */
export async function gatewayProcess(dataDir: string) {
  const child = fork(join(import.meta.dirname, 'gateway-process.child.ts'), [dataDir], {
    execArgv: ['--import', 'tsx'],
  });
  const ended = once(child, 'exit');
  const [opened] = (await Promise.race([
    once(child, 'message'),
    ended.then(([code]) => Promise.reject(new Error(`the other process ended with ${String(code)}`))),
  ])) as [Opened];
  const end = async (act: () => void) => {
    if (child.exitCode === null && child.signalCode === null) act();
    await ended;
  };
  return {
    opened,
    /** Ends it as the system does when memory is short. */
    kill: () => end(() => child.kill('SIGKILL')),
    [Symbol.asyncDispose]: () => end(() => child.disconnect()),
  };
}

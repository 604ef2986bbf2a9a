import { setTimeout as sleep } from 'node:timers/promises';
import { processStamp } from '../process/process-stamp.ts';

/**
 * Asks a server to stop and waits; kills it when it has not stopped after `stopMs` milliseconds. Its journal makes
 * that safe. A process that merely has the same pid is left alone.
 */
export async function stopMongod(
  server: { pid: number; stamp: string },
  options: { stopMs: number },
): Promise<void> {
  const isRunning = async () => (await processStamp(server.pid)) === server.stamp;
  if (!(await isRunning())) return;
  signal(server.pid, 'SIGTERM');
  if (await isGone(isRunning, options.stopMs)) return;
  signal(server.pid, 'SIGKILL');
  await isGone(isRunning, 5_000);
}

async function isGone(isRunning: () => Promise<boolean>, waitMs: number): Promise<boolean> {
  const deadline = Date.now() + waitMs;
  while (Date.now() < deadline) {
    if (!(await isRunning())) return true;
    await sleep(10);
  }
  return false;
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code !== 'ESRCH') throw failure;
  }
}

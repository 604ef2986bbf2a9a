import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CheckedRequest } from './http-load.ts';
import { sendOnce } from './send-once.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Pause between two tries, in milliseconds. */
const TRY_MS = 5;

/** Longest a start may take, in milliseconds. */
const START_MS = 120_000;

/**
 * Starts `src/main.ts` in a process of its own, as `npm start` does, and ends it once it answered.
 *
 * @returns milliseconds from the start to the first right answer.
 */
export async function timedStart(env: Record<string, string>, request: CheckedRequest): Promise<number> {
  const [port, adminPort] = [await freePort(), await freePort()];
  const startedAtMs = performance.now();
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/main.ts'], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: process.env['PATH'], ...env, PORT: String(port), ADMIN_PORT: String(adminPort) },
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const exited = once(child, 'exit');
  try {
    for (;;) {
      if (child.exitCode !== null) throw new Error(`the gateway ended with ${child.exitCode}: ${said}`);
      try {
        await sendOnce(port, [request]);
        return performance.now() - startedAtMs;
      } catch (error) {
        const isClosed = (error as NodeJS.ErrnoException).code === 'ECONNREFUSED';
        if (!isClosed || performance.now() - startedAtMs > START_MS) throw error;
      }
      await sleep(TRY_MS);
    }
  } finally {
    child.kill('SIGKILL');
    await exited;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

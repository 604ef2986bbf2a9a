import { setTimeout as sleep } from 'node:timers/promises';
import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';

/**
 * Starts listening.
 *
 * @param setting - the setting the port comes from, for the message when it is taken.
 * @returns the port, which may have been chosen by the system.
 */
export function listen(server: Server, port: number, host: string, setting = 'PORT'): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException): void => {
      const isTaken = error.code === 'EADDRINUSE';
      reject(isTaken ? new Error(`Port ${port} is in use; choose another with ${setting}.`) : error);
    };
    server.once('error', fail);
    server.listen(port, host, () => {
      server.off('error', fail);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/**
 * How long a server that drains still listens, in milliseconds. Its replies say `Connection: close` meanwhile, so that
 * busy clients leave by themselves: a connection that is cut may have a request on its way.
 */
const GRACE_MS = 500;

const draining = new WeakMap<Server, AbortController>();

/** Aborted when the server starts to drain. */
export function drainSignal(server: Server): AbortSignal {
  const known = draining.get(server) ?? new AbortController();
  draining.set(server, known);
  return known.signal;
}

export function isDraining(server: Server): boolean {
  return drainSignal(server).aborted;
}

/** Sends clients elsewhere, stops listening, lets the requests under way finish and then cuts what is left. */
export async function drain(server: Server, deadlineMs: number): Promise<void> {
  if (!server.listening) return;
  drainSignal(server);
  draining.get(server)?.abort();
  await sleep(Math.min(GRACE_MS, deadlineMs));
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const cut = setTimeout(() => server.closeAllConnections(), deadlineMs);
  await closed;
  clearTimeout(cut);
}

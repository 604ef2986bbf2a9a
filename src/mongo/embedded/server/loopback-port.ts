import { connect, createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A free port of 127.0.0.1: the preferred one if nobody has it. Another process may take it before it is used. */
export async function freePort(preferred?: number): Promise<number> {
  if (preferred === undefined) return await listenOnce(0);
  return await listenOnce(preferred).catch(() => listenOnce(0));
}

/**
 * Waits until something accepts connections on a port of 127.0.0.1.
 *
 * @param until - asked before each attempt; waiting ends when it says true.
 * @returns whether something accepts.
 */
export async function waitForPort(port: number, until: () => boolean | Promise<boolean>): Promise<boolean> {
  while (!(await until())) {
    if (await isAccepting(port)) return true;
    await sleep(10);
  }
  return false;
}

function listenOnce(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const taken = (server.address() as AddressInfo).port;
      server.close(() => resolve(taken));
    });
  });
}

function isAccepting(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => socket.destroy() && resolve(true));
    socket.once('error', () => resolve(false));
  });
}

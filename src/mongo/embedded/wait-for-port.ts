import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

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

function isAccepting(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => socket.destroy() && resolve(true));
    socket.once('error', () => resolve(false));
  });
}

import { createServer, type AddressInfo } from 'node:net';

/** A free port of 127.0.0.1: the preferred one if nobody has it. Another process may take it before it is used. */
export async function freePort(preferred?: number): Promise<number> {
  if (preferred !== undefined) {
    const isFree = await listenOnce(preferred).then(
      () => true,
      () => false,
    );
    if (isFree) return preferred;
  }
  return await listenOnce(0);
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

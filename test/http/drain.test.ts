import { Agent, request } from 'node:http';
import { expect, test } from 'vitest';
import { drain } from '../../src/http/listen.ts';
import { registerBoth, startGateway } from '../support/gateway.ts';

test('clients that keep their connections are answered to the end and sent elsewhere', async () => {
  await using gateway = await startGateway();
  await registerBoth(gateway);
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const ask = () =>
    new Promise<string | undefined>((resolve, reject) => {
      const sent = request(
        {
          agent,
          host: '127.0.0.1',
          port: gateway.port,
          path: '/t/acme/graphql',
          method: 'POST',
          headers: { 'content-type': 'application/json' },
        },
        (response) => {
          response.resume();
          response.once('end', () => resolve(response.headers.connection));
          response.once('error', reject);
        },
      );
      sent.once('error', reject);
      sent.end('{"query":"{ viewer { kind } }"}');
    });
  const connections: (string | undefined)[] = [];
  let isOver = false;
  const client = async () => {
    while (!isOver) connections.push(await ask());
  };
  // Each goes on until nobody listens any more.
  const clients = Promise.allSettled(Array.from({ length: 8 }, client));
  while (connections.length < 50) await new Promise((resolve) => setImmediate(resolve));
  expect(new Set(connections)).toEqual(new Set(['keep-alive']));
  // Far beyond the time a test may take: it ends because the connections do, not because they are cut.
  await drain(gateway.server, 600_000);
  isOver = true;
  await clients;
  expect(connections).toContain('close');
  agent.destroy();
});

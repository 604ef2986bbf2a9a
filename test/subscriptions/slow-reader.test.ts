import { type IncomingMessage, request } from 'node:http';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { contentWriter } from '../support/content.ts';
import { eventually } from '../support/eventually.ts';
import { registerBoth, startGateway, type TestGateway, type TestTenant } from '../support/gateway.ts';
import { subscribeBySse, type Subscriber } from '../support/subscriber.ts';

let gateway: TestGateway;
let tenants: { acme: TestTenant; globex: TestTenant };

beforeAll(async () => {
  gateway = await startGateway();
  tenants = await registerBoth(gateway);
});

afterAll(() => gateway?.[Symbol.asyncDispose]());

const LARGE = 'subscription { contentChanged { contentItem { data } } }';

/** A reader that takes no more than the buffers between it and the gateway hold. */
const SLOW: Record<string, (token: string) => Promise<{ resume(): void; text(): string }>> = {
  async 'server-sent events'(token) {
    const sent = request({
      port: gateway.port,
      path: '/graphql',
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'text/event-stream',
        authorization: `Bearer ${token}`,
      },
    });
    sent.on('error', () => undefined);
    sent.end(JSON.stringify({ query: LARGE }));
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    response.on('error', () => undefined);
    response.pause();
    let text = '';
    response.on('data', (chunk: Buffer) => (text = (text + chunk.toString()).slice(-2_000)));
    response.pause();
    return { resume: () => response.resume(), text: () => text };
  },
  async 'a WebSocket'(token) {
    const socket = new WebSocket(`ws://127.0.0.1:${gateway.port}/graphql`, 'graphql-transport-ws');
    socket.on('error', () => undefined);
    await once(socket, 'open');
    socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } }));
    await once(socket, 'message');
    let text = '';
    socket.on('message', (data: Buffer) => (text = (text + data.toString()).slice(-2_000)));
    socket.on('close', (code) => (text += ` closed with ${code}`));
    socket.send(JSON.stringify({ type: 'subscribe', id: '1', payload: { query: LARGE } }));
    socket.pause();
    return { resume: () => socket.resume(), text: () => text };
  },
};

test.each(Object.keys(SLOW))('a slow reader over %s is cut with a code, and nobody else', async (name) => {
  const { acme } = tenants;
  const { streams } = gateway.app;
  const writer = await contentWriter(gateway, acme, [`Large${name.length}`]);
  const type = `Large${name.length}`;
  await writer.create(name, { type });
  const { placement } = acme.record;
  const items = gateway.app.platform.control.db.client.db(placement.database).collection('content_items');
  await items.updateOne({ title: name }, { $set: { data: { body: 'x'.repeat(200_000) } } });
  const slow = await SLOW[name]?.(await acme.token());
  using quick: Subscriber = subscribeBySse({
    port: gateway.port,
    token: await acme.token(),
    query: 'subscription { contentChanged { kind } }',
  });
  await eventually(() => expect(streams.size).toBe(2));
  const logged = gateway.logs.length;
  // Until it is cut: what the buffers of the system hold differs.
  let written = 0;
  await eventually(async () => {
    for (let index = 0; index < 20; index += 1)
      await items.updateOne({ title: name }, { $inc: { revision: 1 } });
    written += 20;
    const line = gateway.logs
      .slice(logged)
      .find(({ codes }) => JSON.stringify(codes)?.includes('LIMIT_EXCEEDED'));
    if (line === undefined && streams.size === 2) throw new Error(`still open after ${written} events`);
  }, 20_000);
  await eventually(() => expect(streams.size).toBe(1));
  await eventually(() => expect(quick.results).toHaveLength(written));
  expect(quick.isOver).toBe(false);
  slow?.resume();
});

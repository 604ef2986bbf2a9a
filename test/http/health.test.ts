import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { registerBoth, startGateway, type TestGateway } from '../support/gateway.ts';
import { graphql, send } from '../support/request.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway();
  await registerBoth(gateway);
});

afterAll(() => gateway[Symbol.asyncDispose]());

async function health(): Promise<Record<string, [number, unknown]>> {
  const seen: Record<string, [number, unknown]> = {};
  for (const path of ['/healthz', '/readyz']) {
    const { status, body, headers } = await send({ port: gateway.port, path, method: 'GET' });
    expect(headers['x-request-id']).toBeDefined();
    expect(headers['cache-control']).toBe('no-store');
    seen[path] = [status, JSON.parse(body)];
  }
  return seen;
}

const UP = [200, { status: 'ok' }];
const DOWN = [503, { status: 'unavailable' }];

describe('health', () => {
  it('is good while the control database answers', async () => {
    expect(await health()).toEqual({ '/healthz': UP, '/readyz': UP });
    const head = await send({ port: gateway.port, path: '/readyz', method: 'HEAD' });
    expect([head.status, head.body]).toEqual([200, '']);
  });

  it('tells alive from ready when the control database is gone', async () => {
    const ping = vi.spyOn(gateway.app.platform.control, 'ping').mockRejectedValue(new Error('gone'));
    try {
      expect(await health()).toEqual({ '/healthz': UP, '/readyz': DOWN });
    } finally {
      ping.mockRestore();
    }
    expect(await health()).toEqual({ '/healthz': UP, '/readyz': UP });
  });

  it('is not ready while draining, and still serves what comes', async () => {
    gateway.app.startDraining();
    expect(await health()).toEqual({ '/healthz': UP, '/readyz': DOWN });
    const { data } = await graphql({
      port: gateway.port,
      path: '/t/acme/graphql',
      query: '{ tenant { identifier } }',
    });
    expect(data).toEqual({ tenant: { identifier: 'acme' } });
  });
});

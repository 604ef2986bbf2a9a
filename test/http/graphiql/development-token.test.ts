import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { localVisit } from '../../../src/http/local-visit.ts';
import { registerBoth, startGateway, type TestGateway } from '../../support/gateway.ts';
import { send } from '../../support/request.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway();
  await registerBoth(gateway);
});

afterAll(() => gateway[Symbol.asyncDispose]());

async function holdsToken(host: string, headers: Record<string, string> = {}): Promise<boolean> {
  const { status, body } = await send({
    port: gateway.port,
    method: 'GET',
    path: '/t/acme/graphql',
    headers: { host, accept: 'text/html', ...headers },
  });
  expect(status).toBe(200);
  return body.includes('"developmentToken":"eyJ');
}

test.each([
  'gateway.test',
  'acme.gateway.test',
  'localhost:4000',
  'LOCALHOST',
  '127.0.0.1:4000',
  '[::1]:4000',
])('the page holds a development token for a visitor at this machine who asked for %s', async (host) =>
  expect(await holdsToken(host)).toBe(true),
);

test.each([
  'evil.example',
  'evil.example:4000',
  'localhost.evil.example',
  'gateway.test.evil.example',
  '10.0.0.1',
])('the page holds none under a name that is not ours, whose pages could read it: %s', async (host) =>
  expect(await holdsToken(host)).toBe(false),
);

test.each(['x-forwarded-for', 'forwarded'])(
  'nor for whoever comes through a proxy nobody told of: %s',
  async (name) => {
    expect(await holdsToken('gateway.test', { [name]: '127.0.0.1' })).toBe(false);
  },
);

test('a visitor is local by the address, not by what the request says', () => {
  const isLocal = localVisit({ publicHost: 'gateway.test', baseDomain: 'gateway.test', trustedProxies: 0 });
  const visit = (address: string) =>
    isLocal({ request: { headers: { host: 'gateway.test' } }, address } as never);
  expect(['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1'].map(visit)).toEqual([true, true, true, true]);
  const others = ['10.0.0.1', '::ffff:10.0.0.1', 'fe80::1', '', 'localhost', ...addressesOfThisMachine()];
  expect(others.filter(visit)).toEqual([]);
});

function addressesOfThisMachine(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((interfaces) => interfaces ?? []);
  return all.filter(({ internal }) => !internal).map(({ address }) => address);
}

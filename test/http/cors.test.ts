import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { watchCommands } from '../support/database-commands.ts';
import { registerBoth, startGateway, type TestGateway, type TestTenant } from '../support/gateway.ts';
import { graphql, type RawReply, send } from '../support/request.ts';

const OWN = 'https://app.acme.example';
const OTHER = 'https://evil.example';

let gateway: TestGateway;
let acme: TestTenant;
let globex: TestTenant;

beforeAll(async () => {
  gateway = await startGateway();
  ({ acme, globex } = await registerBoth(gateway));
  const set = await graphql({
    port: gateway.port,
    token: await acme.token(),
    query: `mutation { updateSettings(input: { options: { corsOrigins: ["${OWN}"] } }) { userErrors { code } } }`,
  });
  expect(set.data?.['updateSettings']).toEqual({ userErrors: [] });
});

afterAll(() => gateway[Symbol.asyncDispose]());

function preflight(origin: string, path: string, host = 'gateway.test'): Promise<RawReply> {
  const headers = {
    host,
    origin,
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization,content-type',
  };
  return send({ port: gateway.port, method: 'OPTIONS', path, headers });
}

const allowedOrigin = ({ headers }: Pick<RawReply, 'headers'>) => headers['access-control-allow-origin'];

describe('a preflight', () => {
  it('is answered from the directory alone: no token, no shell, no command to any database', async () => {
    const places: [string, string][] = [
      ['/t/acme/graphql', 'gateway.test'],
      ['/t/globex/graphql', 'gateway.test'],
      ['/graphql', 'acme.gateway.test'],
      ['/graphql', 'gateway.test'],
      ['/platform/graphql', 'gateway.test'],
    ];
    const ask = () => Promise.all(places.map(([path, host]) => preflight(OWN, path, host)));
    await ask();
    for (const { record } of [acme, globex]) await gateway.app.shells.evict(record._id);
    const commands = await watchCommands(gateway, acme, globex);
    const shells = gateway.app.shells.size;
    let replies: RawReply[] = [];
    expect(await commands.during(async () => (replies = await ask()))).toBe(0);
    expect(gateway.app.shells.size).toBe(shells);
    expect(replies.map(({ status }) => status)).toEqual(places.map(() => 204));
    expect(replies.map(allowedOrigin)).toEqual([OWN, '*', OWN, '*', '*']);
    for (const { headers, body } of replies) {
      expect(headers['access-control-allow-methods']).toBe('GET, POST');
      expect(headers['access-control-allow-headers']).toContain('authorization');
      expect(headers['access-control-allow-credentials']).toBeUndefined();
      expect(headers['x-request-id']).toBeDefined();
      expect(body).toBe('');
    }
    // The counter does count.
    const query = '{ viewer { kind } }';
    expect(
      await commands.during(async () => graphql({ port: gateway.port, token: await acme.token(), query })),
    ).toBeGreaterThan(0);
  });

  it('allows the origins of the tenant’s list and no other', async () => {
    expect(allowedOrigin(await preflight(OWN, '/t/acme/graphql'))).toBe(OWN);
    for (const origin of [
      OTHER,
      `${OWN}.evil.example`,
      'http://app.acme.example',
      `${OWN}:8443`,
      'null',
      OWN.toUpperCase(),
      '*',
    ]) {
      const reply = await preflight(origin, '/t/acme/graphql');
      expect([allowedOrigin(reply), reply.headers['vary']], origin).toEqual([undefined, 'Origin']);
    }
  });

  it('looks alike for tenants that are not served and those that do not exist', async () => {
    for (const path of ['/t/nowhere/graphql', '/t/ACME/graphql'])
      expect(allowedOrigin(await preflight(OTHER, path))).toBe('*');
    expect(allowedOrigin(await preflight(OTHER, '/t/acme/graphql', 'globex.gateway.test'))).toBe('*');
  });
});

describe('an answer', () => {
  it('can be read by the origins of the list, errors included', async () => {
    const path = '/t/acme/graphql';
    const ask = (origin: string, more: object = {}) =>
      graphql({ port: gateway.port, path, query: '{ tenant { name } }', headers: { origin }, ...more });
    expect(allowedOrigin(await ask(OWN))).toBe(OWN);
    expect(allowedOrigin(await ask(OTHER))).toBeUndefined();
    const refused = await ask(OWN, { token: 'garbage' });
    expect([refused.status, allowedOrigin(refused)]).toEqual([401, OWN]);
    expect(refused.headers['access-control-expose-headers']).toContain('x-request-id');
    expect(allowedOrigin(await ask(OTHER, { token: 'garbage' }))).toBeUndefined();
    const broken = await ask(OWN, { query: '{' });
    expect([broken.status, allowedOrigin(broken)]).toEqual([400, OWN]);
    const unknown = await ask(OTHER, { path: '/t/nowhere/graphql' });
    expect([unknown.status, allowedOrigin(unknown)]).toEqual([404, '*']);
    const platform = await ask(OTHER, { path: '/platform/graphql', query: '{ clusters { name } }' });
    expect([platform.status, allowedOrigin(platform)]).toEqual([401, '*']);
  });

  it('follows the list of the tenant the token names', async () => {
    const ask = (origin: string, token: string) =>
      graphql({ port: gateway.port, token, query: '{ tenant { name } }', headers: { origin } });
    const token = await acme.token();
    expect(allowedOrigin(await ask(OWN, token))).toBe(OWN);
    expect(allowedOrigin(await ask(OTHER, token))).toBeUndefined();
    expect(allowedOrigin(await ask(OTHER, await globex.token()))).toBe('*');
  });

  it('that is the page for people, with a token in it, can be read by no other origin', async () => {
    for (const path of ['/t/acme/graphql', '/t/globex/graphql']) {
      const reply = await send({
        port: gateway.port,
        method: 'GET',
        path,
        headers: { accept: 'text/html', origin: OWN },
      });
      expect([reply.status, reply.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
      expect(allowedOrigin(reply)).toBeUndefined();
    }
  });
});

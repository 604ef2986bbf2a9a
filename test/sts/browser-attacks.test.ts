import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modules } from '../../src/modules/index.ts';
import { makeClient, redeem, REDIRECT, requestCode } from '../support/code-flow.ts';
import { eventually, WITHIN_A_SECOND_MS } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { registerBoth, startGateway, type TestGateway, type TestTenant } from '../support/gateway.ts';
import { graphql, send } from '../support/request.ts';
import { atSts, postForm } from '../support/sts.ts';
import { peopleModule, testPeople } from '../support/test-people.ts';

const ORIGIN = 'https://app.example';

let gateway: TestGateway;
/** A second node. */
let other: TestGateway;
let acme: TestTenant;
let globex: TestTenant;
let site: { clientId: string };
const people = testPeople();

beforeAll(async () => {
  const port = await freePort();
  const env = { PUBLIC_URL: `http://localhost:${port}`, BASE_DOMAIN: 'tenants.test' };
  const withoutUsers = modules.filter(({ id }) => id !== 'users' && id !== 'application-tenants');
  const options = { modules: [...withoutUsers, peopleModule(people)] };
  gateway = await startGateway({ ...env, PORT: String(port) }, options);
  other = await startGateway({ ...env, CONTROL_DATABASE: gateway.config.mongo.controlDatabase }, options);
  ({ acme, globex } = await registerBoth(gateway));
  for (const { record } of [acme, globex]) {
    people.add(record._id, { subject: 'ann', scopes: new Set(['content:read']), claims: {} });
  }
  site = await makeClient(gateway, acme, { kind: 'PUBLIC' });
});

afterAll(async () => {
  await other?.[Symbol.asyncDispose]();
  await gateway?.[Symbol.asyncDispose]();
});

describe('a code', () => {
  it.each<[string, (verifier: string) => Record<string, string>]>([
    ['without the verifier', () => ({})],
    ['with another verifier', () => ({ code_verifier: 'x'.repeat(43) })],
    ['for another address', (code_verifier) => ({ code_verifier, redirect_uri: `${REDIRECT}/` })],
  ])('is worth nothing %s', async (_what, form) => {
    const { code, verifier } = await requestCode(gateway, 'acme', { client_id: site.clientId });
    expect(code).not.toBe('');
    const { status, body } = await redeem(gateway, 'acme', { code, ...form(verifier) }, site);
    expect([status, body.access_token]).toEqual([400, undefined]);
  });

  it('is worth nothing in the hands of another client, of this tenant or another', async () => {
    const neighbour = await makeClient(gateway, acme, { kind: 'CONFIDENTIAL' });
    const stranger = await makeClient(gateway, globex, { kind: 'CONFIDENTIAL' });
    for (const [identifier, client] of [
      ['acme', neighbour],
      ['globex', stranger],
      ['globex', site],
    ] as const) {
      const { code, verifier } = await requestCode(gateway, 'acme', { client_id: site.clientId });
      const { status, body } = await redeem(gateway, identifier, { code, code_verifier: verifier }, client);
      expect([400, 401]).toContain(status);
      expect(body.access_token).toBeUndefined();
    }
  });

  it.each<[string, Record<string, string | undefined>]>([
    ['a challenge that is the verifier', { code_challenge_method: 'plain' }],
    ['no method, which means plain', { code_challenge_method: undefined }],
    ['no challenge', { code_challenge: undefined, code_challenge_method: undefined }],
    ['the implicit grant', { response_type: 'token' }],
    ['the hybrid one', { response_type: 'code id_token', nonce: 'n' }],
  ])('is not given for %s', async (_what, parameters) => {
    const { location, code } = await requestCode(gateway, 'acme', {
      client_id: site.clientId,
      ...parameters,
    });
    expect(code).toBe('');
    expect(location?.href ?? '').not.toContain('token=');
  });

  it.each([
    'https://evil.example/callback',
    'https://app.example.evil.example/callback',
    'https://app.example@evil.example/callback',
    'https://app.example/callback/../evil',
    'https://app.example/callback?next=https://evil.example',
    'https://app.example/callback#x',
    'https://app.example/CALLBACK',
    'http://app.example/callback',
    'https://app.example:8443/callback',
    '//evil.example',
    'javascript:alert(1)',
    'https://globex.example/callback',
  ])('and an error alike are never sent to %s', async (redirect_uri) => {
    await makeClient(gateway, globex, { kind: 'PUBLIC', redirectUris: ['https://globex.example/callback'] });
    for (const more of [{}, { scope: 'openid', response_type: 'none' }, { prompt: 'none' }]) {
      const { location, status } = await requestCode(gateway, 'acme', {
        client_id: site.clientId,
        redirect_uri,
        ...more,
      });
      expect([status, location]).toEqual([400, undefined]);
    }
  });
});

describe('signing out', () => {
  it('leads nowhere but to an address of a client of this tenant', async () => {
    const leaving = await makeClient(gateway, acme, {
      kind: 'PUBLIC',
      postLogoutRedirectUris: ['https://app.example/bye'],
    });
    const end = (query: Record<string, string>) =>
      atSts(gateway, 'acme', `/oauth/logout?${new URLSearchParams(query)}`);
    const address = 'https://app.example/bye';
    const stranger = await makeClient(gateway, globex, {
      kind: 'PUBLIC',
      postLogoutRedirectUris: ['https://globex.example/bye'],
    });
    for (const query of [
      { post_logout_redirect_uri: 'https://evil.example' },
      { post_logout_redirect_uri: 'https://evil.example', client_id: leaving.clientId },
      { post_logout_redirect_uri: `${address}/`, client_id: leaving.clientId },
      { post_logout_redirect_uri: 'https://globex.example/bye', client_id: leaving.clientId },
      { post_logout_redirect_uri: 'https://globex.example/bye', client_id: stranger.clientId },
    ]) {
      const reply = await end(query as Record<string, string>);
      const here = [303, `${acme.record.issuer}/oauth/logout/success`];
      expect([reply.status, reply.headers['location']]).toEqual(
        'client_id' in query ? [400, undefined] : here,
      );
      expect(String(reply.body)).not.toContain(query.post_logout_redirect_uri);
    }
    const left = await end({ post_logout_redirect_uri: address, client_id: leaving.clientId });
    expect([left.status, left.headers['location']]).toEqual([303, address]);
  });
});

describe('pages of other origins', () => {
  it('read tokens and claims only where the client has registered them', async () => {
    const ask = async (origin: string, identifier = 'acme') => {
      const { code, verifier } = await requestCode(gateway, 'acme', { client_id: site.clientId });
      const { headers, body } = await postForm(
        gateway,
        `/t/${identifier}/oauth/token`,
        { grant_type: 'authorization_code', redirect_uri: REDIRECT, code, code_verifier: verifier },
        site,
        { origin },
      );
      const mayRead = headers['access-control-allow-origin'] === origin;
      return mayRead && body.access_token !== undefined;
    };
    expect(await ask(ORIGIN)).toBe(true);
    for (const origin of [
      'https://evil.example',
      'https://app.example.evil.example',
      'http://app.example',
      'null',
    ])
      expect(await ask(origin)).toBe(false);
    // Of an error anybody may know.
    expect(await ask(ORIGIN, 'globex')).toBe(false);
    const { code, verifier } = await requestCode(gateway, 'acme', {
      client_id: site.clientId,
      scope: 'openid',
    });
    const { body } = await redeem(gateway, 'acme', { code, code_verifier: verifier }, site);
    const claims = async (origin: string) => {
      const authorization = `Bearer ${body.access_token}`;
      const { status, headers } = await atSts(gateway, 'acme', '/oauth/userinfo', { authorization, origin });
      return [status, headers['access-control-allow-origin']];
    };
    expect(await claims(ORIGIN)).toEqual([200, ORIGIN]);
    expect((await claims('https://evil.example'))[1]).toBeUndefined();
  });
});

describe('what a request says of its address', () => {
  it('changes nothing that is published or sent', async () => {
    const hostile = {
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'gopher',
      'x-original-url': '/t/globex',
      'x-forwarded-prefix': '/t/globex',
      forwarded: 'host=evil.example;proto=http',
    };
    const sound = await atSts(gateway, 'acme', '/.well-known/openid-configuration');
    for (const host of ['evil.example', 'localhost:1', `localhost:${gateway.port}@evil.example`]) {
      const reply = await atSts(gateway, 'acme', '/.well-known/openid-configuration', { host, ...hostile });
      if (reply.status === 200) expect(reply.body).toEqual(sound.body);
      else expect([400, 404]).toContain(reply.status);
    }
    for (const path of ['/t/ACME', '/t/acme/../globex', '/t/acme%2f..%2fglobex', '/t//acme', '/t/acme;a']) {
      const reply = await send({
        port: gateway.port,
        method: 'GET',
        path: `${path}/.well-known/openid-configuration`,
      });
      if (reply.status === 200)
        expect(JSON.parse(reply.body)).toMatchObject({ issuer: expect.any(String) as string });
      expect(reply.status === 200 && path !== '/t/acme/../globex' ? path : 'refused').toBe('refused');
    }
  });
});

describe('a revoked token', () => {
  it('ends on the other node too, within a second', async () => {
    const { code, verifier } = await requestCode(gateway, 'acme', { client_id: site.clientId });
    const { body } = await redeem(gateway, 'acme', { code, code_verifier: verifier }, site);
    const at = async ({ port }: TestGateway) =>
      (await graphql({ port, token: body.access_token, query: '{ viewer { kind } }' })).errors?.[0]
        ?.extensions.code ?? 'ok';
    expect([await at(gateway), await at(other)]).toEqual(['ok', 'ok']);
    const revoked = await postForm(gateway, '/t/acme/oauth/revoke', { token: body.access_token }, site);
    expect(revoked.status).toBe(200);
    await eventually(async () => expect(await at(other)).toBe('UNAUTHENTICATED'), WITHIN_A_SECOND_MS);
    expect(await at(gateway)).toBe('UNAUTHENTICATED');
  });
});

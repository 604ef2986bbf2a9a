import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { register } from '../support/platform.ts';
import { graphql } from '../support/request.ts';
import { atSts, type ClientLogin, clientCredentials } from '../support/sts.ts';

let gateway: TestGateway;
let acme: ClientLogin;
let globex: ClientLogin;

beforeAll(async () => {
  gateway = await startGateway();
  acme = (await register(gateway, { identifier: 'acme', name: 'Acme' })).bootstrap!;
  globex = (await register(gateway, { identifier: 'globex', name: 'Globex' })).bootstrap!;
});
afterAll(() => gateway[Symbol.asyncDispose]());

describe('discovery', () => {
  it('describes each tenant by its own issuer', async () => {
    const [one, other] = await Promise.all(
      ['acme', 'globex'].map((name) => atSts(gateway, name, '/.well-known/openid-configuration')),
    );
    expect(one?.body).toMatchObject({
      issuer: 'http://gateway.test/t/acme',
      token_endpoint: 'http://gateway.test/t/acme/oauth/token',
      jwks_uri: 'http://gateway.test/t/acme/oauth/jwks',
      authorization_endpoint: 'http://gateway.test/t/acme/oauth/auth',
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
    });
    expect(other?.body.issuer).toBe('http://gateway.test/t/globex');
    expect(JSON.stringify(other?.body)).not.toContain('acme');
  });
});

describe('the client credentials grant', () => {
  it('gives the bootstrap client a token that the gateway accepts', async () => {
    const { status, body } = await clientCredentials(gateway, 'acme', acme);
    expect(status).toBe(200);
    expect(decodeProtectedHeader(body.access_token)).toMatchObject({ alg: 'ES256', typ: 'at+jwt' });
    const jwks = createRemoteJWKSet(new URL(`http://127.0.0.1:${gateway.port}/t/acme/oauth/jwks`));
    const { payload } = await jwtVerify(body.access_token, jwks, {
      issuer: 'http://gateway.test/t/acme',
      audience: 'http://gateway.test/t/acme/graphql',
    });
    expect(payload).toMatchObject({ sub: acme.clientId, client_id: acme.clientId });
    expect(payload.scope).toContain('clients:write');

    const query = '{ tenant { identifier } viewer { kind subject } }';
    const { data } = await graphql({ port: gateway.port, token: body.access_token, query });
    expect(data).toEqual({
      tenant: { identifier: 'acme' },
      viewer: { kind: 'CLIENT', subject: acme.clientId },
    });
    const elsewhere = await graphql({
      port: gateway.port,
      path: '/t/globex/graphql',
      token: body.access_token,
      query,
    });
    expect(elsewhere.errors?.[0]?.extensions.code).toBe('TENANT_MISMATCH');
  });

  it('knows no client of another tenant', async () => {
    const { status, body } = await clientCredentials(gateway, 'acme', globex);
    expect([status, body.error]).toEqual([401, 'invalid_client']);
  });

  it('is refused where nothing of what is asked for is granted', async () => {
    const refused = await clientCredentials(gateway, 'globex', globex, { scope: 'nonsense orders:write' });
    expect([refused.status, refused.body.error]).toEqual([400, 'invalid_scope']);
  });

  it('gives the scopes that are asked for, of those that are granted', async () => {
    const { body } = await clientCredentials(gateway, 'globex', globex, { scope: 'tenant:read nonsense' });
    expect(body.scope).toBe('tenant:read');
  });
});

it('answers for tenants that do not exist and are out of service alike', async () => {
  const { record } = await gateway.app.platform.registration.register(
    { identifier: 'initech', name: 'Initech' },
    { isSelfRegistered: false, placement: { mode: 'DATABASE' } },
  );
  await gateway.app.platform.lifecycle.suspend(record._id);
  const paths = ['/.well-known/openid-configuration', '/oauth/jwks', '/oauth/auth?client_id=x'];
  for (const path of paths) {
    const [suspended, unknown] = await Promise.all([
      atSts(gateway, 'initech', path),
      atSts(gateway, 'nobody', path),
    ]);
    for (const reply of [suspended, unknown]) delete reply.body.requestId;
    expect([suspended.status, suspended.body]).toEqual([unknown.status, unknown.body]);
    expect(suspended.status).toBe(404);
  }
});

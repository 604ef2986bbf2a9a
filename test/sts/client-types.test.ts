import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { registerBoth, startGateway, type TestGateway, type TestTenant } from '../support/gateway.ts';
import { graphql } from '../support/request.ts';
import { clientCredentials, postForm } from '../support/sts.ts';

let gateway: TestGateway;
let acme: TestTenant;
let globex: TestTenant;

beforeAll(async () => {
  gateway = await startGateway();
  ({ acme, globex } = await registerBoth(gateway));
});
afterAll(() => gateway[Symbol.asyncDispose]());

const SELECTION = `client { id clientId kind type grantTypes authMethod secrets { id lastUsedAt } } userErrors { code path }`;

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the answer is JSON of whatever was asked for
async function mutate(tenant: TestTenant, field: string, input: object, selection = SELECTION): Promise<any> {
  const type = `${field[0]?.toUpperCase()}${field.slice(1)}Input`;
  const { data, errors } = await graphql({
    port: gateway.port,
    token: await tenant.token(),
    query: `mutation ($input: ${type}!) { ${field}(input: $input) { ${selection} } }`,
    variables: { input },
  });
  if (errors !== undefined) throw new Error(JSON.stringify(errors));
  return data?.[field];
}

describe('the type of a client', () => {
  it('decides where codes may go', async () => {
    const allowed = {
      WEB: ['https://app.example/cb', 'http://localhost:3000/cb'],
      SPA: ['https://app.example/cb'],
      NATIVE: ['com.example.app:/cb', 'http://127.0.0.1/cb', 'https://app.example/cb'],
    };
    for (const [type, redirectUris] of Object.entries(allowed)) {
      expect(await mutate(acme, 'createClient', { name: type, type, redirectUris })).toMatchObject({
        client: { type, kind: type === 'WEB' ? 'CONFIDENTIAL' : 'PUBLIC' },
        userErrors: [],
      });
    }
    const refused = {
      WEB: 'com.example.app:/cb',
      SPA: 'http://app.example/cb',
      NATIVE: 'example:/cb',
      MACHINE: 'https://app.example/cb',
    };
    for (const [type, uri] of Object.entries(refused)) {
      const { client, userErrors } = await mutate(acme, 'createClient', {
        name: type,
        type,
        redirectUris: [uri],
      });
      expect([client, userErrors]).toEqual([null, [{ code: 'INVALID', path: ['redirectUris', '0'] }]]);
    }
  });

  it('warns of addresses that are allowed and often a mistake', async () => {
    const { warnings } = await mutate(
      acme,
      'createClient',
      {
        name: 'Lint',
        type: 'WEB',
        redirectUris: ['https://app.example/cb', 'http://localhost/cb', 'https://app.example/'],
      },
      'warnings { message path }',
    );
    expect(warnings.map(({ path }: { path: string[] }) => path[1])).toEqual(['1', '2']);
  });

  it('fits its kind, its grants and its way to authenticate', async () => {
    const odd = [
      { type: 'SPA', kind: 'CONFIDENTIAL' },
      { type: 'SPA', grantTypes: ['CLIENT_CREDENTIALS'] },
      { type: 'NATIVE', authMethod: 'CLIENT_SECRET_BASIC' },
      { type: 'MACHINE', authMethod: 'NONE' },
      { type: 'MACHINE', authMethod: 'PRIVATE_KEY_JWT' },
    ];
    for (const input of odd) {
      const { client, userErrors } = await mutate(acme, 'createClient', { name: 'Odd', ...input });
      expect([client, userErrors.length]).toEqual([null, 1]);
    }
  });
});

describe('private_key_jwt', () => {
  it('lets a client prove itself by a signature, once each, in its tenant alone', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    const jwk = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256', use: 'sig' };
    const input = {
      name: 'Signer',
      type: 'MACHINE',
      authMethod: 'PRIVATE_KEY_JWT',
      jwks: [jwk],
      scopes: ['tenant:read'],
    };
    const { client, secret } = await mutate(acme, 'createClient', input, `${SELECTION} secret`);
    expect([secret, client.secrets]).toEqual([null, []]);
    const assertion = (audience: string, key = privateKey) =>
      new SignJWT({})
        .setProtectedHeader({ alg: 'ES256', kid: 'one' })
        .setIssuer(client.clientId)
        .setSubject(client.clientId)
        .setAudience(audience)
        .setJti(randomUUID())
        .setIssuedAt()
        .setExpirationTime('1m')
        .sign(key);
    const ask = (identifier: string, signed: string) =>
      postForm(gateway, `/t/${identifier}/oauth/token`, {
        grant_type: 'client_credentials',
        client_id: client.clientId,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: signed,
      });
    const sound = await assertion(acme.record.issuer);
    expect((await ask('acme', sound)).body.scope).toBe('tenant:read');
    expect((await ask('acme', sound)).status).toBe(401);
    expect((await ask('globex', await assertion(globex.record.issuer))).status).toBe(401);
    expect((await ask('acme', await assertion(globex.record.issuer))).status).toBe(401);
    const { privateKey: stranger } = await generateKeyPair('ES256');
    expect((await ask('acme', await assertion(acme.record.issuer, stranger))).status).toBe(401);
  });

  it('takes no private key', async () => {
    const { privateKey } = await generateKeyPair('ES256', { extractable: true });
    const jwk = { ...(await exportJWK(privateKey)), kid: 'one' };
    const input = { name: 'Leak', type: 'MACHINE', authMethod: 'PRIVATE_KEY_JWT', jwks: [jwk] };
    expect((await mutate(acme, 'createClient', input)).userErrors).toMatchObject([{ code: 'INVALID' }]);
  });
});

describe('the token endpoint', () => {
  it('follows what is done to a client', async () => {
    const created = await mutate(
      acme,
      'createClient',
      { name: 'Job', type: 'MACHINE' },
      `${SELECTION} secret`,
    );
    const { id, clientId } = created.client;
    const first = { clientId, clientSecret: created.secret };
    expect((await clientCredentials(gateway, 'acme', first)).status).toBe(200);

    const added = await mutate(acme, 'addClientSecret', { id }, `${SELECTION} secret`);
    const second = { clientId, clientSecret: added.secret };
    for (const login of [first, second])
      expect((await clientCredentials(gateway, 'acme', login)).status).toBe(200);
    expect(added.client.secrets[0].lastUsedAt).not.toBeNull();

    await mutate(acme, 'revokeClientSecret', { id, secretId: added.client.secrets[0].id });
    await eventually(
      async () => expect((await clientCredentials(gateway, 'acme', first)).status).toBe(401),
      3_000,
    );
    expect((await clientCredentials(gateway, 'acme', second)).status).toBe(200);

    await mutate(acme, 'deleteClient', { id }, 'deletedId');
    await eventually(
      async () => expect((await clientCredentials(gateway, 'acme', second)).status).toBe(401),
      3_000,
    );
  });

  it('gives tokens for one audience with the scopes that were granted there', async () => {
    const resource = (
      await mutate(
        acme,
        'createResource',
        {
          name: 'Orders',
          audience: 'https://orders.example',
          scopes: [{ name: 'orders:read' }, { name: 'orders:write' }],
        },
        'resource { id }',
      )
    ).resource;
    const created = await mutate(
      acme,
      'createClient',
      { name: 'Orders job', type: 'MACHINE', scopes: ['tenant:read'] },
      `${SELECTION} secret`,
    );
    const login = { clientId: created.client.clientId, clientSecret: created.secret };
    const ask = (form: Record<string, string>) => clientCredentials(gateway, 'acme', login, form);
    expect((await ask({ resource: 'https://orders.example' })).body.error).toBe('invalid_target');
    await mutate(acme, 'grantClientScopes', {
      id: created.client.id,
      resource: resource.id,
      scopes: ['orders:read'],
    });
    const { body } = await eventually(async () => {
      const reply = await ask({ resource: 'https://orders.example' });
      expect(reply.status).toBe(200);
      return reply;
    }, 3_000);
    expect(body.scope).toBe('orders:read');
    const claims = JSON.parse(Buffer.from(body.access_token.split('.')[1], 'base64url').toString());
    expect([claims.aud, claims.scope]).toEqual(['https://orders.example', 'orders:read']);
    const { errors } = await graphql({
      port: gateway.port,
      token: body.access_token,
      query: '{ viewer { kind } }',
    });
    expect(errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
    for (const foreign of ['https://nowhere.example', `${globex.record.issuer}/graphql`]) {
      expect((await ask({ resource: foreign })).body.error).toBe('invalid_target');
    }
  });
});

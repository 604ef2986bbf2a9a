import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TENANT_SCOPES } from '../../src/auth/scopes.ts';
import { startForeignIssuer, type ForeignIssuer } from '../support/foreign-issuer.ts';
import { registerBoth, startGateway, type TestGateway, type TestTenant } from '../support/gateway.ts';
import { graphql } from '../support/request.ts';
import { clientCredentials } from '../support/sts.ts';

/** Everything but what is at the top: whoever holds it must find no way up. */
const RUNG = TENANT_SCOPES.filter((scope) => scope !== 'content:publish' && scope !== 'settings:write');

let gateway: TestGateway;
let acme: TestTenant;
let globex: TestTenant;
let foreign: ForeignIssuer;
let climber: string;
/** A client that may do what the climber may not. */
let boss: { id: string; clientId: string };

beforeAll(async () => {
  gateway = await startGateway();
  foreign = await startForeignIssuer();
  await foreign.addKey('one');
  ({ acme, globex } = await registerBoth(gateway));
  climber = await acme.token(RUNG);
  const { client } = await must<{ client: typeof boss }>('createClient', {
    name: 'Boss',
    scopes: ['content:publish'],
    redirectUris: ['https://boss.example/cb'],
    grantTypes: ['AUTHORIZATION_CODE', 'CLIENT_CREDENTIALS'],
  });
  boss = client;
});
afterAll(async () => {
  await gateway?.[Symbol.asyncDispose]();
  await foreign?.[Symbol.asyncDispose]();
});

const CLIENT = 'client { id clientId } secret userErrors { code path }';

async function run(mutation: string, input: object, token: string, selection = 'userErrors { code path }') {
  const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`;
  const { data, errors } = await graphql({
    port: gateway.port,
    token,
    query: `mutation ($input: ${type}!) { payload: ${mutation}(input: $input) { ${selection} } }`,
    variables: { input },
  });
  const payload = data?.['payload'] as ({ userErrors: { code: string }[] } & Record<string, unknown>) | null;
  return { payload, code: errors?.[0]?.extensions.code ?? payload?.userErrors[0]?.code };
}

async function must<T>(mutation: string, input: object, token?: string): Promise<T> {
  const { payload, code } = await run(mutation, input, token ?? (await acme.token()), CLIENT);
  if (code !== undefined) throw new Error(`${mutation}: ${code}`);
  return payload as T;
}

const jwk = () => {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { ...publicKey.export({ format: 'jwk' }), kid: 'mine', alg: 'ES256', use: 'sig' };
};

describe('who lacks a scope', () => {
  it.each<[string, string, () => object]>([
    ['a new client', 'createClient', () => ({ name: 'Up', scopes: ['content:publish'] })],
    ['a grant to one', 'grantClientScopes', () => ({ id: boss.id, scopes: ['settings:write'] })],
    ['a secret of a stronger one', 'addClientSecret', () => ({ id: boss.id })],
    ['its keys', 'updateClient', () => ({ id: boss.id, authMethod: 'PRIVATE_KEY_JWT', jwks: [jwk()] })],
    [
      'an address its codes go to',
      'updateClient',
      () => ({ id: boss.id, redirectUris: ['https://evil.example/cb'] }),
    ],
    [
      'an issuer outside',
      'addTrustedIssuer',
      () => ({ issuer: foreign.issuer, audience: 'https://up.example', scopes: ['content:publish'] }),
    ],
  ])('gains nothing by %s', async (_what, mutation, input) => {
    expect((await run(mutation, input(), climber)).code).toBe('FORBIDDEN');
    // Who holds it may: it was the scope that was missing, not something else.
    expect((await run(mutation, input(), await acme.token())).code).toBeUndefined();
    // Of another tenant nobody gets hold at all.
    if ('id' in input()) expect((await run(mutation, input(), await globex.token())).code).toBe('NOT_FOUND');
  });

  it('gains nothing by a resource that calls itself the gateway, or names its scopes', async () => {
    for (const audience of [
      `${acme.record.issuer}/graphql`,
      'http://gateway.test',
      'https://acme.gateway.test/x',
    ]) {
      expect((await run('createResource', { name: 'Up', audience }, climber)).code).toBe('INVALID');
    }
    const own = { name: 'Own', audience: 'https://own.example', scopes: [{ name: 'content:publish' }] };
    expect((await run('createResource', own, climber)).code).toBe('INVALID');
    const orders = { ...own, scopes: [{ name: 'orders:publish' }] };
    const { payload } = await run('createResource', orders, climber, 'resource { id } userErrors { code }');
    const { id } = payload?.['resource'] as { id: string };
    expect((await run('addResourceScope', { id, name: 'content:publish' }, climber)).code).toBe('INVALID');
    const made = await must<{ client: typeof boss; secret: string }>(
      'createClient',
      { name: 'Mine', grantTypes: ['CLIENT_CREDENTIALS'] },
      climber,
    );
    const grant = { id: made.client.id, resource: id, scopes: ['orders:publish'] };
    expect((await run('grantClientScopes', grant, climber)).code).toBeUndefined();
    const login = { clientId: made.client.clientId, clientSecret: made.secret };
    const elsewhere = await clientCredentials(gateway, 'acme', login, { resource: 'https://own.example' });
    expect(elsewhere.body.scope).toBe('orders:publish');
    // A token for that API is none for the gateway.
    const token = elsewhere.body.access_token as string;
    const answer = await graphql({ port: gateway.port, token, query: '{ viewer { kind } }' });
    expect(answer.errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
  });

  it('gets no more by asking for more', async () => {
    const made = await must<{ client: typeof boss; secret: string }>(
      'createClient',
      { name: 'Reader', scopes: ['content:read'], grantTypes: ['CLIENT_CREDENTIALS'] },
      climber,
    );
    const login = { clientId: made.client.clientId, clientSecret: made.secret };
    const all = await clientCredentials(gateway, 'acme', login, { scope: TENANT_SCOPES.join(' ') });
    expect(all.body.scope).toBe('content:read');
    // It works at its own tenant alone.
    expect((await clientCredentials(gateway, 'globex', login)).status).toBe(401);
  });
});

import { decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { register, type RegistrationReply } from '../support/platform.ts';
import { graphql, send } from '../support/request.ts';
import { atSts, clientCredentials } from '../support/sts.ts';

type Bootstrap = NonNullable<RegistrationReply['bootstrap']>;

let gateway: TestGateway;
let acme: Bootstrap;
let globex: Bootstrap;

beforeAll(async () => {
  gateway = await startGateway();
  acme = (await register(gateway, { identifier: 'acme', name: 'Acme' })).bootstrap!;
  globex = (await register(gateway, { identifier: 'globex', name: 'Globex' })).bootstrap!;
});
afterAll(() => gateway[Symbol.asyncDispose]());

interface Key {
  kid: string;
  state: string;
}

async function ask(token: string, query: string, variables: object = {}) {
  const { data, errors } = await graphql({ port: gateway.port, token, query, variables });
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the answer is JSON of whatever was asked for
  return { data: data as Record<string, any> | null | undefined, code: errors?.[0]?.extensions.code };
}

async function keysOf(token: string): Promise<Key[]> {
  const { data } = await ask(token, '{ signingKeys { kid algorithm state } }');
  return data!['signingKeys'] as Key[];
}

const ROTATE = `mutation ($input: RotateSigningKeysInput!) {
  rotateSigningKeys(input: $input) { signingKeys { kid state } userErrors { code } } }`;

async function freshToken(
  identifier: string,
  login: Bootstrap,
  form: Record<string, string> = {},
): Promise<string> {
  return (await clientCredentials(gateway, identifier, login, form)).body.access_token as string;
}

const publishedKids = async (identifier: string): Promise<string[]> =>
  (await atSts(gateway, identifier, '/oauth/jwks')).body.keys.map(({ kid }: { kid: string }) => kid);

describe('signing keys', () => {
  it('are published before they sign, and go on to count after', async () => {
    const before = await keysOf(acme.accessToken);
    expect(before.map(({ state }) => state)).toEqual(['CURRENT', 'NEXT']);
    const [current, next] = before.map(({ kid }) => kid);
    expect((await publishedKids('acme')).sort()).toEqual([current, next].sort());
    const early = await freshToken('acme', acme);
    expect(decodeProtectedHeader(early).kid).toBe(current);
    const untouched = await publishedKids('globex');

    const { data } = await ask(early, ROTATE, { input: {} });
    const { signingKeys, userErrors } = data!['rotateSigningKeys'] as {
      signingKeys: Key[];
      userErrors: unknown[];
    };
    expect(userErrors).toEqual([]);
    expect(signingKeys.map(({ kid, state }) => [kid, state]).slice(0, 2)).toEqual([
      [next, 'CURRENT'],
      [current, 'PREVIOUS'],
    ]);
    const late = await freshToken('acme', acme);
    expect(decodeProtectedHeader(late).kid).toBe(next);
    for (const token of [early, late, acme.accessToken]) expect((await keysOf(token)).length).toBe(3);
    expect(await publishedKids('globex')).toEqual(untouched);
  });

  it('can be forgotten, and every token they signed with them', async () => {
    const early = await freshToken('globex', globex);
    await ask(early, ROTATE, { input: { forgetPrevious: true } });
    await eventually(
      async () => expect((await ask(early, '{ viewer { kind } }')).code).toBe('UNAUTHENTICATED'),
      3_000,
    );
    expect((await keysOf(await freshToken('globex', globex))).map(({ state }) => state)).toEqual([
      'CURRENT',
      'NEXT',
    ]);
  });

  it('are read and rotated by those alone who have the scopes', async () => {
    const weak = await freshToken('acme', acme, { scope: 'clients:read' });
    expect((await ask(weak, '{ signingKeys { kid } }')).code).toBe('FORBIDDEN');
    expect((await ask(weak, ROTATE, { input: {} })).code).toBe('FORBIDDEN');
  });
});

describe('the issuer', () => {
  it('stays what it was at registration, under every name and whatever Host is sent', async () => {
    const rename = 'mutation { renameTenant(input: { identifier: "acme-two" }) { userErrors { code } } }';
    const token = await freshToken('acme', acme);
    await ask(token, rename);
    const paths = ['acme', 'acme-two'];
    const documents = await Promise.all(
      paths.map((name) => atSts(gateway, name, '/.well-known/openid-configuration')),
    );
    const hostile = await send({
      port: gateway.port,
      method: 'GET',
      path: '/t/acme/.well-known/openid-configuration',
      headers: { host: 'evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' },
    });
    for (const body of [...documents.map(({ body }) => body as object), JSON.parse(hostile.body) as object]) {
      expect(body).toEqual(documents[0]?.body);
    }
    expect(documents[0]?.body.token_endpoint).toBe('http://gateway.test/t/acme/oauth/token');
    const { status } = await clientCredentials(gateway, 'acme-two', acme);
    expect(status).toBe(200);
    const elsewhere = await atSts(gateway, 'acme', '/.well-known/openid-configuration', {
      host: 'globex.gateway.test',
    });
    expect(elsewhere.status).toBe(404);
  });
});

describe('options of a tenant', () => {
  it('change lifetimes and grants without a restart, for that tenant alone', async () => {
    const change = `mutation ($input: UpdateSettingsInput!) { updateSettings(input: $input) { userErrors { code } } }`;
    const token = await freshToken('acme', acme);
    await ask(token, change, { input: { options: { accessTokenLifetimeSeconds: 120 } } });
    expect((await clientCredentials(gateway, 'acme', acme)).body.expires_in).toBe(120);
    expect((await clientCredentials(gateway, 'globex', globex)).body.expires_in).toBe(3_600);

    await ask(token, change, { input: { options: { allowedGrants: ['AUTHORIZATION_CODE'] } } });
    await eventually(
      async () => expect((await clientCredentials(gateway, 'acme', acme)).status).toBe(400),
      3_000,
    );
    expect((await clientCredentials(gateway, 'globex', globex)).status).toBe(200);
  });
});

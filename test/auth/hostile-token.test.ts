import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { base64url, forge, privateKeyOf, soundToken } from '../support/forged-token.ts';
import { registerBoth, startGateway, type TestGateway, type TestTenant } from '../support/gateway.ts';
import { graphql, send } from '../support/request.ts';

const QUERY = '{ tenant { identifier } viewer { kind } }';

let gateway: TestGateway;
let acme: TestTenant;
let globex: TestTenant;
let key: KeyObject;
let foreignKey: KeyObject;
const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' });

beforeAll(async () => {
  gateway = await startGateway();
  ({ acme, globex } = await registerBoth(gateway));
  key = privateKeyOf(gateway, acme);
  foreignKey = privateKeyOf(gateway, globex);
});

afterAll(() => gateway[Symbol.asyncDispose]());

/** The code a token is answered with at its own tenant's address, or the kind of caller it makes. */
async function answerTo(token: string): Promise<string> {
  const reply = await graphql({ port: gateway.port, path: '/t/acme/graphql', token, query: QUERY });
  if (reply.errors === undefined) return (reply.data?.['viewer'] as { kind: string }).kind;
  expect(reply).toMatchObject({
    status: 401,
    headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
  });
  // Which fault it was is nobody's business.
  expect(reply.errors[0]!.message).toBe('The token is not valid.');
  return reply.errors[0]!.extensions.code;
}

/** A sound token with changes; a member that is undefined is left out. */
function changed(
  header: object,
  claims: object = {},
  signer: KeyObject | ((input: string) => Buffer) = key,
): string {
  const sound = soundToken(acme);
  return forge({ ...sound.header, ...header }, { ...sound.claims, ...claims }, signer);
}

const inSeconds = (seconds: number) => Math.floor(Date.now() / 1_000) + seconds;

describe('a token', () => {
  it('that is sound makes a caller', async () => {
    expect(await answerTo(changed({}))).toBe('CLIENT');
    expect(await answerTo(changed({ typ: 'application/at+jwt' }))).toBe('CLIENT');
    // Without the claim, issuer and audience say whose it is.
    expect(await answerTo(changed({}, { tenant: undefined }))).toBe('CLIENT');
    expect(
      await answerTo(changed({}, { aud: ['https://elsewhere.example', `${acme.record.issuer}/graphql`] })),
    ).toBe('CLIENT');
  });

  it.each<[string, () => string]>([
    [
      'is signed with the public key as an HMAC secret (PEM)',
      () => changed({ alg: 'HS256' }, {}, hmac(publicPem())),
    ],
    [
      'is signed with the public key as an HMAC secret (JWK)',
      () => changed({ alg: 'HS256' }, {}, hmac(JSON.stringify(acme.record.keys[0]!.publicJwk))),
    ],
    [
      'is signed with the public key as an HMAC secret (DER)',
      () => changed({ alg: 'HS256' }, {}, hmac(createPublicKey(key).export({ type: 'spki', format: 'der' }))),
    ],
    ['is signed with an empty HMAC secret', () => changed({ alg: 'HS256' }, {}, hmac(''))],
    ['has an HMAC under the name of the right algorithm', () => changed({}, {}, hmac(publicPem()))],
    ['has alg none and a signature', () => changed({ alg: 'none' })],
    ['has alg none and no signature', () => changed({ alg: 'none' }, {}, () => Buffer.alloc(0))],
    ['has alg nOnE', () => changed({ alg: 'nOnE' }, {}, () => Buffer.from('x'))],
    ['has no alg', () => changed({ alg: undefined })],
    ['has another alg than its key: ES384', () => changed({ alg: 'ES384' })],
    ['has another alg than its key: RS256', () => changed({ alg: 'RS256' })],
    ['has another alg than its key: EdDSA', () => changed({ alg: 'EdDSA' })],
    ['has alg in another case', () => changed({ alg: 'es256' })],
    ['has alg as a list', () => changed({ alg: ['ES256'] })],
    ['has a signature of zeros', () => changed({}, {}, () => Buffer.alloc(64))],
    ['has a signature in DER', () => changed({}, {}, (input) => sign('sha256', Buffer.from(input), key))],
    ['is signed by a stranger', () => changed({}, {}, stranger.privateKey)],
    ["is signed by another tenant's key under this one's kid", () => changed({}, {}, foreignKey)],
    ["names another tenant's kid", () => changed({ kid: globex.record.keys[0]!.kid }, {}, foreignKey)],
    ['names no kid', () => changed({ kid: undefined })],
    ['names an unknown kid', () => changed({ kid: 'unknown' })],
    [
      'brings its key along: jwk',
      () => changed({ jwk: stranger.publicKey.export({ format: 'jwk' }) }, {}, stranger.privateKey),
    ],
    [
      'brings the right key along: jwk',
      () => changed({ jwk: createPublicKey(key).export({ format: 'jwk' }) }),
    ],
    ['points to a key: jku', () => changed({ jku: 'http://127.0.0.1:1/keys' })],
    ['points to a key: x5u', () => changed({ x5u: 'http://127.0.0.1:1/cert' })],
    ['carries certificates: x5c', () => changed({ x5c: ['MIIB'] })],
    ['demands an extension: crit', () => changed({ crit: ['exp'] })],
    ['demands an unencoded payload: b64', () => changed({ b64: false, crit: ['b64'] })],
    ['has an empty crit', () => changed({ crit: [] })],
    ['is of another type: JWT', () => changed({ typ: 'JWT' })],
    ['is of another type: logout+jwt', () => changed({ typ: 'logout+jwt' })],
    ['has no type', () => changed({ typ: undefined })],
    [
      'is for another audience of the same issuer',
      () => changed({}, { aud: `${acme.record.issuer}/userinfo` }),
    ],
    ['is for the issuer itself', () => changed({}, { aud: acme.record.issuer })],
    ['is for another tenant', () => changed({}, { aud: `${globex.record.issuer}/graphql` })],
    ['has no audience', () => changed({}, { aud: undefined })],
    ['is from another issuer, signed with this key', () => changed({}, { iss: globex.record.issuer })],
    ['has an issuer in another case', () => changed({}, { iss: 'http://gateway.test/t/ACME' })],
    ['has an issuer with a slash more', () => changed({}, { iss: `${acme.record.issuer}/` })],
    ['has an issuer at another base', () => changed({}, { iss: 'http://evil.example/t/acme' })],
    ['has no issuer', () => changed({}, { iss: undefined })],
    ['has a number as issuer', () => changed({}, { iss: 7 })],
    ['has a list as issuer', () => changed({}, { iss: [acme.record.issuer] })],
    ['has an object as issuer', () => changed({}, { iss: { toString: 1 } })],
    ['has expired', () => changed({}, { exp: inSeconds(-60) })],
    ['never expires', () => changed({}, { exp: undefined })],
    ['expires at a text', () => changed({}, { exp: '9999999999' })],
    ['is not valid yet', () => changed({}, { nbf: inSeconds(60) })],
    ['has no iat', () => changed({}, { iat: undefined })],
    ['has no jti', () => changed({}, { jti: undefined })],
    ['has no sub', () => changed({}, { sub: undefined })],
    ['has a number as sub', () => changed({}, { sub: 7 })],
    ['has no client_id', () => changed({}, { client_id: undefined })],
    ['has a list as client_id', () => changed({}, { client_id: ['a'] })],
    ['has a list as scope', () => changed({}, { scope: ['tenant:read'] })],
    ["has another tenant's id as tenant claim", () => changed({}, { tenant: globex.record._id })],
    ["has the tenant's identifier as tenant claim", () => changed({}, { tenant: 'acme' })],
    ['has null as tenant claim', () => changed({}, { tenant: null })],
    ['has a list as tenant claim', () => changed({}, { tenant: [acme.record._id] })],
    ['is of a user there is not', () => changed({}, { sub: 'someone' })],
    ['is confined to an application tenant there is not', () => changed({}, { app_tenant: 'x' })],
    ['is confined to a number', () => changed({}, { app_tenant: 7 })],
    ['is confined to nothing', () => changed({}, { app_tenant: '' })],
    ['has claims that are no object', () => forge(soundToken(acme).header, '[1]', key)],
    ['has claims that are null', () => forge(soundToken(acme).header, 'null', key)],
    ['has claims that are no JSON', () => forge(soundToken(acme).header, '{"iss":', key)],
    ['has a header that is no JSON', () => forge('ES256', soundToken(acme).claims, key)],
    ['has a header that is null', () => forge('null', soundToken(acme).claims, key)],
  ])('that %s is refused', async (_what, token) => {
    expect(await answerTo(token())).toBe('UNAUTHENTICATED');
  });

  it('with duplicate members counts as the signer of the last ones, and never as another tenant', async () => {
    const { header, claims } = soundToken(acme);
    const json = JSON.stringify(claims);
    const twice = (member: string) => `{${member},${json.slice(1)}`;
    expect(await answerTo(forge(header, twice(`"iss":"${globex.record.issuer}"`), foreignKey))).toBe(
      'UNAUTHENTICATED',
    );
    expect(await answerTo(forge(header, `${json.slice(0, -1)},"tenant":"${globex.record._id}"}`, key))).toBe(
      'UNAUTHENTICATED',
    );
    expect(await answerTo(forge(header, `${json.slice(0, -1)},"iss":"${globex.record.issuer}"}`, key))).toBe(
      'UNAUTHENTICATED',
    );
    expect(
      await answerTo(
        forge(header, `${json.slice(0, -1)},"__proto__":{"tenant":"${globex.record._id}"}}`, key),
      ),
    ).toBe('CLIENT');
    expect(await answerTo(forge(`{"alg":"none",${JSON.stringify(header).slice(1)}`, json, key))).toBe(
      'CLIENT',
    );
    expect(await answerTo(forge(`${JSON.stringify(header).slice(0, -1)},"alg":"none"}`, json, key))).toBe(
      'UNAUTHENTICATED',
    );
  });
});

describe('another spelling of a sound token', () => {
  it('is refused, before and after the token itself is known', async () => {
    const token = changed({});
    const [header, claims, signature] = token.split('.') as [string, string, string];
    const bits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    // 64 bytes leave four spare bits in the last character.
    const spare = signature.slice(0, -1) + bits[bits.indexOf(signature.at(-1)!) ^ 1]!;
    expect(Buffer.from(spare, 'base64url')).toEqual(Buffer.from(signature, 'base64url'));
    const spellings = [
      `${header}.${claims}.${spare}`,
      `${header}.${claims}.${signature}=`,
      `${header}.${claims}.${signature}==`,
      `${header}=.${claims}.${signature}`,
      `${header}.${claims}.${signature}.`,
      `.${header}.${claims}.${signature}`,
      `${header}..${claims}.${signature}`,
      `${header}.${claims}.${signature.replaceAll('-', '+').replaceAll('_', '/')}=`,
      `${header}.${claims}.${signature}%3D`,
      `${header.slice(0, 4)} ${header.slice(4)}.${claims}.${signature}`,
      `${header}.${claims}.${signature},${token}`,
      `${header}.${claims}. ${signature}`,
      `${header}.${claims}\t.${signature}`,
      `"${token}"`,
      '',
      ' ',
    ];
    for (const round of ['unknown', 'known']) {
      for (const spelling of spellings)
        expect(await answerTo(spelling), `${round}: ${spelling}`).toBe('UNAUTHENTICATED');
      expect(await answerTo(token)).toBe('CLIENT');
    }
  });

  it('in another scheme, or none, is refused; the scheme may be in any case', async () => {
    const token = changed({});
    const ask = async (authorization: string) =>
      (
        await send({
          port: gateway.port,
          path: '/t/acme/graphql',
          headers: { authorization, 'content-type': 'application/json' },
          body: JSON.stringify({ query: QUERY }),
        })
      ).status;
    for (const scheme of ['Bearer', 'bearer', 'BEARER', 'Bearer '])
      expect(await ask(`${scheme} ${token}`), scheme).toBe(200);
    for (const text of [
      '',
      token,
      `Basic ${token}`,
      `DPoP ${token}`,
      'Bearer',
      `Bearer${token}`,
      `Bearer Bearer ${token}`,
      `Token ${token}`,
    ]) {
      expect(await ask(text), text).toBe(401);
    }
  });

  it('that is huge is refused before it is looked at', async () => {
    expect(await answerTo(changed({}, { padding: 'x'.repeat(7_000) }))).toBe('UNAUTHENTICATED');
    expect(await answerTo('x'.repeat(8_193))).toBe('UNAUTHENTICATED');
    expect(await answerTo('.'.repeat(8_000))).toBe('UNAUTHENTICATED');
    expect(await answerTo(changed({}, { padding: 'x'.repeat(5_000) }))).toBe('CLIENT');
  });
});

describe('tokens of operators and of tenants', () => {
  it('are not taken for each other', async () => {
    const { port, app } = gateway;
    const { token: operator } = await app.tokens.forOperator(['platform:tenants:read'], 60_000);
    const tenants = '{ tenants { totalCount } }';
    expect(await graphql({ port, path: '/platform/graphql', token: operator, query: tenants })).toMatchObject(
      { status: 200, data: { tenants: { totalCount: 2 } } },
    );
    for (const path of ['/graphql', '/t/acme/graphql']) {
      expect(await graphql({ port, path, token: operator, query: QUERY })).toMatchObject({
        status: 401,
        errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
      });
    }
    for (const query of [tenants, '{ health { status } }']) {
      expect(
        await graphql({ port, path: '/platform/graphql', token: await acme.token(), query }),
      ).toMatchObject({ status: 401, errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
    }
    const { header, claims } = soundToken(acme);
    const platform = {
      iss: 'http://gateway.test/platform',
      aud: 'http://gateway.test/platform/graphql',
      scope: 'platform:tenants:read',
    };
    expect(
      await graphql({
        port,
        path: '/platform/graphql',
        token: forge(header, { ...claims, ...platform }, key),
        query: tenants,
      }),
    ).toMatchObject({ status: 401 });
  });
});

function hmac(secret: string | Buffer): (input: string) => Buffer {
  return (input) => createHmac('sha256', secret).update(input).digest();
}

function publicPem(): string {
  return createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();
}

it('forges what it means to forge', () => {
  const [header] = changed({ alg: 'none' }).split('.');
  expect(base64url(JSON.stringify({ ...soundToken(acme).header, alg: 'none' }))).toBe(header);
});

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { generateKeyPairSync } from 'node:crypto';
import { exportJWK } from 'jose';
import { eventually } from '../support/eventually.ts';
import { forge } from '../support/forged-token.ts';
import { startForeignIssuer, type ForeignIssuer } from '../support/foreign-issuer.ts';
import {
  registerBoth,
  registerTenant,
  startGateway,
  type TestGateway,
  type TestTenant,
} from '../support/gateway.ts';
import { operate } from '../support/platform.ts';
import { graphql } from '../support/request.ts';

let gateway: TestGateway;
/** A second node over the same control database. */
let other: TestGateway;
let acme: TestTenant;
let globex: TestTenant;
let foreign: ForeignIssuer;
let count = 0;
/** An audience nobody has registered. */
let audience: string;

beforeAll(async () => {
  gateway = await startGateway();
  other = await startGateway({ CONTROL_DATABASE: gateway.config.mongo.controlDatabase });
  ({ acme, globex } = await registerBoth(gateway));
});

beforeEach(async () => {
  foreign = await startForeignIssuer();
  await foreign.addKey('first');
  count += 1;
  audience = `https://api-${count}.acme.example`;
});

afterEach(async () => {
  await foreign[Symbol.asyncDispose]();
  for (const tenant of [acme, globex]) {
    for (const { issuer, audience: each } of await trustedBy(tenant)) {
      await change('removeTrustedIssuer', tenant, { issuer, audience: each });
    }
  }
});

afterAll(async () => {
  await other?.[Symbol.asyncDispose]();
  await gateway?.[Symbol.asyncDispose]();
});

const WITHIN_A_SECOND = 1_000;

async function change(
  mutation: 'addTrustedIssuer' | 'removeTrustedIssuer',
  tenant: TestTenant,
  input: object,
  token?: string,
): Promise<string[]> {
  const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`;
  const { data, errors } = await graphql({
    port: gateway.port,
    token: token ?? (await tenant.token()),
    query: `mutation ($input: ${type}!) { payload: ${mutation}(input: $input) { trustedIssuer { issuer } userErrors { code path } } }`,
    variables: { input },
  });
  const payload = data?.['payload'] as { userErrors: { code: string; path: string[] }[] } | null | undefined;
  return [
    ...(payload?.userErrors ?? []).map(({ code, path }) => `${code} ${path.join('.')}`),
    ...(errors ?? []).map(({ extensions }) => extensions.code),
  ];
}

async function trustedBy(tenant: TestTenant): Promise<{ issuer: string; audience: string }[]> {
  const query =
    '{ trustedIssuers { issuer audience jwksUri algorithms scopes claims { tenant subject scope } } }';
  const { data } = await graphql({ port: gateway.port, token: await tenant.token(), query });
  return data?.['trustedIssuers'] as { issuer: string; audience: string }[];
}

const trust = (tenant: TestTenant, more: object = {}) =>
  change('addTrustedIssuer', tenant, {
    issuer: foreign.issuer,
    audience,
    scopes: ['tenant:read', 'content:read'],
    ...more,
  });

interface Seen {
  tenant: string;
  scopes: string[];
  subject: string;
}

/** Whose caller a token makes, or the code of the refusal. */
async function seen(
  token: string,
  { port, path = '/graphql' } = { port: gateway.port } as { port: number; path?: string },
) {
  const { data, errors } = await graphql({
    port,
    path,
    token,
    query: '{ tenant { identifier } viewer { subject scopes } }',
  });
  if (errors !== undefined) return errors[0]!.extensions.code;
  const { tenant, viewer } = data as { tenant: { identifier: string }; viewer: Omit<Seen, 'tenant'> };
  return { tenant: tenant.identifier, ...viewer } satisfies Seen;
}

const good = (claims: object = {}, header: Record<string, unknown> = {}) =>
  foreign.token({ aud: audience, scope: 'tenant:read tenant:write', ...claims }, header);

const ADA = { tenant: 'acme', subject: 'ada', scopes: ['tenant:read'] };

describe('a token of an issuer outside', () => {
  it('counts at the tenant that trusts it, with the scopes it was trusted with, on every node', async () => {
    const token = await good();
    expect(await seen(token)).toBe('UNAUTHENTICATED');
    expect(await trust(acme)).toEqual([]);
    expect(await seen(token)).toEqual(ADA);
    await eventually(
      async () => expect(await seen(token, { port: other.port })).toEqual(ADA),
      WITHIN_A_SECOND,
    );
    expect(await seen(token, { port: gateway.port, path: '/t/acme/graphql' })).toEqual(ADA);
    expect(await seen(token, { port: gateway.port, path: '/t/globex/graphql' })).toBe('TENANT_MISMATCH');
  });

  it('names the tenant by id or identifier, or not at all, and never another one', async () => {
    await trust(acme);
    for (const tenant of [undefined, acme.record._id, 'acme'])
      expect(await seen(await good({ tenant }))).toEqual(ADA);
    for (const tenant of [globex.record._id, 'globex', 'nobody', null, [acme.record._id]]) {
      expect(await seen(await good({ tenant }))).toBe('UNAUTHENTICATED');
    }
  });

  it('says what it says under the names that were registered', async () => {
    await trust(acme, {
      claims: { subject: 'email', scope: 'https://idp.example/permissions', tenant: 'org' },
    });
    const claims = {
      email: 'ada@acme.example',
      'https://idp.example/permissions': ['tenant:read', 7, 'other'],
    };
    const expected = { ...ADA, subject: 'ada@acme.example' };
    expect(await seen(await good({ ...claims, tenant: globex.record._id }))).toEqual(expected);
    expect(await seen(await good({ ...claims, org: 'globex' }))).toBe('UNAUTHENTICATED');
    expect(await seen(await good({ ...claims, email: undefined }))).toBe('UNAUTHENTICATED');
  });

  it('ends with the trust, on every node within a second', async () => {
    await trust(acme);
    const token = await good();
    for (const { port } of [gateway, other]) {
      await eventually(async () => expect(await seen(token, { port })).toEqual(ADA), WITHIN_A_SECOND);
    }
    expect(await change('removeTrustedIssuer', acme, { issuer: foreign.issuer, audience })).toEqual([]);
    expect(await seen(token)).toBe('UNAUTHENTICATED');
    await eventually(
      async () => expect(await seen(token, { port: other.port })).toBe('UNAUTHENTICATED'),
      WITHIN_A_SECOND,
    );
  });

  it.each<[string, () => Promise<string>]>([
    ['for another audience', () => good({ aud: 'https://elsewhere.example' })],
    ['for several', () => good({ aud: [audience, 'https://elsewhere.example'] })],
    ['for none', () => good({ aud: undefined })],
    ['of another issuer', () => good({ iss: 'https://elsewhere.example' })],
    [
      "that says it is the tenant's own",
      () => good({ iss: acme.record.issuer, aud: `${acme.record.issuer}/graphql` }),
    ],
    ['that has expired', () => good({ exp: Math.floor(Date.now() / 1_000) - 60 })],
    ['that expired five minutes ago', () => good({ exp: Math.floor(Date.now() / 1_000) - 300 })],
    ['that never expires', () => good({ exp: undefined })],
    ['that counts in the future', () => good({ nbf: Math.floor(Date.now() / 1_000) + 300 })],
    ['without a subject', () => good({ sub: undefined })],
    ['of a type for something else', () => good({}, { typ: 'logout+jwt' })],
    ['with a key in its header', async () => good({}, { jwk: foreign.keys[0] })],
    ['with the address of keys', () => good({}, { jku: foreign.jwksUri })],
    [
      'signed with the public key as a secret',
      () => {
        const claims = { iss: foreign.issuer, aud: audience, sub: 'ada', exp: 9_999_999_999 };
        return Promise.resolve(
          forge({ alg: 'HS256', kid: 'first' }, claims, () => Buffer.from(JSON.stringify(foreign.keys[0]))),
        );
      },
    ],
    [
      'with no signature',
      () =>
        Promise.resolve(
          forge(
            { alg: 'none', kid: 'first' },
            { iss: foreign.issuer, aud: audience, sub: 'ada', exp: 9_999_999_999 },
            () => Buffer.from('x'),
          ),
        ),
    ],
    [
      'signed by somebody else under the same kid',
      () => {
        const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
        const claims = { iss: foreign.issuer, aud: audience, sub: 'ada', exp: 9_999_999_999 };
        return Promise.resolve(forge({ alg: 'ES256', kid: 'first' }, claims, privateKey));
      },
    ],
  ])('%s is refused', async (_what, token) => {
    await trust(acme);
    expect(await seen(await good())).toEqual(ADA);
    expect(await seen(await token())).toBe('UNAUTHENTICATED');
  });

  it('is checked with the algorithms that were registered', async () => {
    await foreign.addKey('rsa', 'RS256');
    await trust(acme, { algorithms: ['ES256'] });
    expect(await seen(await good())).toEqual(ADA);
    expect(await seen(await good({}, { kid: 'rsa' }))).toBe('UNAUTHENTICATED');
  });

  it('of a platform like this one counts where it is trusted', async () => {
    const second = await startGateway({ PUBLIC_URL: 'http://second.test', BASE_DOMAIN: 'second.test' });
    try {
      const theirs = await registerTenant(second, 'acme');
      foreign.keys.push(theirs.record.keys[0]!.publicJwk);
      const issuer = { issuer: foreign.issuer, audience: `${theirs.record.issuer}/graphql` };
      expect(await change('addTrustedIssuer', acme, { ...issuer, scopes: ['tenant:read'] })).toEqual([]);
      // Its own issuer's name was not registered, and the same identifier is no reason to believe it.
      expect(await seen(await theirs.token())).toBe('UNAUTHENTICATED');
    } finally {
      await second[Symbol.asyncDispose]();
    }
  });
});

describe('keys of an issuer outside', () => {
  it('are read once, and again when a token names one that is new, but not for every such token', async () => {
    await trust(acme);
    await seen(await good());
    const first = foreign.asked;
    for (let index = 0; index < 5; index += 1) await seen(await good({ jti: String(index) }));
    expect(foreign.asked).toBe(first);
    const key = (await good()).split('.');
    const unknown = (kid: string) =>
      [Buffer.from(JSON.stringify({ alg: 'ES256', kid })).toString('base64url'), key[1], key[2]].join('.');
    for (let index = 0; index < 20; index += 1)
      expect(await seen(unknown(`k${index}`))).toBe('UNAUTHENTICATED');
    expect(foreign.asked - first).toBeLessThanOrEqual(1);
  });

  it.each<[string, NonNullable<ForeignIssuer['instead']>]>([
    ['a redirect', (response) => response.writeHead(302, { location: foreign.jwksUri }).end()],
    [
      'too much',
      (response) => response.end(JSON.stringify({ keys: foreign.keys, padding: 'x'.repeat(70_000) })),
    ],
    ['an error', (response) => response.writeHead(500).end()],
    ['something else', (response) => response.end('<html>')],
  ])('that come as %s are not taken, and not asked for at once again', async (_what, instead) => {
    await trust(acme);
    foreign.instead = instead;
    const before = foreign.asked;
    for (let index = 0; index < 5; index += 1) {
      expect(await seen(await good({ jti: String(index) }))).toBe('UNAUTHENTICATED');
    }
    expect(foreign.asked - before).toBe(1);
    expect(
      await change('addTrustedIssuer', acme, {
        issuer: foreign.issuer,
        audience: `${audience}/2`,
        jwksUri: foreign.jwksUri,
        scopes: [],
      }),
    ).toEqual(['INVALID jwksUri']);
  });

  it('that are secrets verify nothing', async () => {
    const secret = Buffer.alloc(32, 7);
    foreign.keys.unshift({ ...(await exportJWK(secret)), kid: 'first', alg: 'HS256' });
    await trust(acme);
    const { createHmac } = await import('node:crypto');
    const claims = { iss: foreign.issuer, aud: audience, sub: 'ada', exp: 9_999_999_999 };
    const token = forge({ alg: 'HS256', kid: 'first' }, claims, (text) =>
      createHmac('sha256', secret).update(text).digest(),
    );
    expect(await seen(token)).toBe('UNAUTHENTICATED');
  });
});

describe('an issuer and its audience', () => {
  it('belong to one tenant, and the second is not told to which', async () => {
    expect(await trust(acme)).toEqual([]);
    expect(await trust(globex)).toEqual(['TAKEN issuer']);
    expect(await trust(acme)).toEqual(['TAKEN issuer']);
    expect(await change('removeTrustedIssuer', globex, { issuer: foreign.issuer, audience })).toEqual([
      'INVALID issuer',
    ]);
    expect(await seen(await good())).toEqual(ADA);
    await change('removeTrustedIssuer', acme, { issuer: foreign.issuer, audience });
    expect(await trust(globex)).toEqual([]);
    expect(await seen(await good())).toEqual({ ...ADA, tenant: 'globex' });
    expect(await seen(await good({ tenant: 'acme' }))).toBe('UNAUTHENTICATED');
  });

  it('are wanted by two at once, and one gets them', async () => {
    const outcomes = await Promise.all([trust(acme), trust(globex)]);
    expect(outcomes.map(([code = 'ok']) => code).sort()).toEqual(['TAKEN issuer', 'ok']);
  });

  it('are free once their tenant is gone', async () => {
    const tenant = await registerTenant(gateway, `shortlived-${count}`);
    expect(await trust(tenant)).toEqual([]);
    expect((await operate(gateway, 'deleteTenant', { id: tenant.record._id })).codes).toEqual([]);
    await eventually(async () => expect(await trust(acme)).toEqual([]), 10_000);
    expect(await seen(await good())).toEqual(ADA);
  });

  it.each<[string, () => object, string]>([
    ['http elsewhere', () => ({ issuer: 'http://login.example' }), 'INVALID issuer'],
    ['keys over http elsewhere', () => ({ jwksUri: 'http://login.example/keys' }), 'INVALID jwksUri'],
    ['a file', () => ({ jwksUri: 'file:///etc/passwd' }), 'INVALID jwksUri'],
    ['an address with a password', () => ({ issuer: 'https://a:b@login.example' }), 'INVALID issuer'],
    ['an issuer with a query', () => ({ issuer: `${foreign.issuer}?a` }), 'INVALID issuer'],
    ['the cloud’s metadata', () => ({ jwksUri: 'https://169.254.169.254/keys' }), 'INVALID jwksUri'],
    ['the platform as issuer', () => ({ issuer: globex.record.issuer }), 'INVALID issuer'],
    ['the platform as audience', () => ({ audience: `${globex.record.issuer}/graphql` }), 'INVALID audience'],
    ['a host below it as audience', () => ({ audience: 'https://API.gateway.test./x' }), 'INVALID audience'],
    ['an audience with a space', () => ({ audience: 'a b' }), 'INVALID audience'],
    ['HMAC', () => ({ algorithms: ['HS256'] }), 'INVALID algorithms.0'],
    ['none', () => ({ algorithms: ['none'] }), 'INVALID algorithms.0'],
    ['a scope there is not', () => ({ scopes: ['platform:tenants:write'] }), 'INVALID scopes.0'],
    [
      'an issuer that does not describe itself',
      () => ({ issuer: `${foreign.issuer}/t/x` }),
      'INVALID issuer',
    ],
  ])('are refused with %s', async (_what, input, fault) => {
    expect(await trust(acme, input())).toEqual([fault]);
  });

  it('need tenant:write, and give nobody scopes that whoever registers them lacks', async () => {
    const input = { issuer: foreign.issuer, audience, scopes: ['tenant:read', 'users:write'] };
    const weak = await acme.token(['tenant:read', 'tenant:write']);
    expect(await change('addTrustedIssuer', acme, input, weak)).toEqual(['FORBIDDEN']);
    expect(
      await change('addTrustedIssuer', acme, input, await acme.token(['tenant:read', 'users:write'])),
    ).toEqual(['FORBIDDEN']);
    expect(await change('addTrustedIssuer', acme, { ...input, scopes: ['tenant:read'] }, weak)).toEqual([]);
    // Who comes by it climbs no further: its scopes are the cap.
    const token = await good({ scope: 'tenant:read tenant:write users:write' });
    expect(await seen(token)).toEqual(ADA);
    expect(await change('addTrustedIssuer', acme, { ...input, audience: `${audience}/2` }, token)).toEqual([
      'FORBIDDEN',
    ]);
  });

  it('are listed for their own tenant alone', async () => {
    await trust(acme);
    expect(await trustedBy(acme)).toContainEqual({
      issuer: foreign.issuer,
      audience,
      jwksUri: foreign.jwksUri,
      algorithms: ['ES256', 'RS256', 'PS256', 'EdDSA'],
      scopes: ['tenant:read', 'content:read'],
      claims: { tenant: null, subject: 'sub', scope: 'scope' },
    });
    expect(JSON.stringify(await trustedBy(globex))).not.toContain(audience);
  });
});

import { generateKeyPairSync, type KeyObject, randomUUID, sign, constants } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JWK } from 'jose';
import type { PublicKey } from '../../src/tenancy/public-keys.ts';
import { forge, type Signer } from '../support/forged-token.ts';
import { registerTenant, startGateway, type TestGateway, type TestTenant } from '../support/gateway.ts';
import { graphql } from '../support/request.ts';

/** Each tenant has a key of every algorithm, under the same kid as everybody's. */
const ALGORITHMS = ['ES256', 'RS256', 'PS256', 'EdDSA'] as const;
type Algorithm = (typeof ALGORITHMS)[number];

const TENANTS = 10;

let gateway: TestGateway;
const tenants: TestTenant[] = [];
const privateKeys: Record<Algorithm, KeyObject>[] = [];

beforeAll(async () => {
  gateway = await startGateway();
  for (let index = 0; index < TENANTS; index += 1) {
    const tenant = await registerTenant(gateway, `tenant-${index}`);
    const pairs = ALGORITHMS.map((alg) => [alg, newPair(alg)] as const);
    await setKeys(
      tenant,
      pairs.map(([alg, { publicKey }]) => publicOf(alg, publicKey)),
    );
    tenants.push(tenant);
    privateKeys.push(
      Object.fromEntries(pairs.map(([alg, { privateKey }]) => [alg, privateKey])) as Record<
        Algorithm,
        KeyObject
      >,
    );
  }
}, 120_000);

afterAll(() => gateway[Symbol.asyncDispose]());

function newPair(alg: Algorithm): { publicKey: KeyObject; privateKey: KeyObject } {
  if (alg === 'ES256') return generateKeyPairSync('ec', { namedCurve: 'P-256' });
  if (alg === 'EdDSA') return generateKeyPairSync('ed25519');
  return generateKeyPairSync('rsa', { modulusLength: 2_048 });
}

const kidOf = (alg: Algorithm) => `shared-${alg}`;

function publicOf(alg: Algorithm, publicKey: KeyObject): PublicKey {
  const kid = kidOf(alg);
  return { kid, alg, jwk: { ...(publicKey.export({ format: 'jwk' }) as JWK), kid, alg, use: 'sig' } };
}

/** Puts keys into a tenant's record, as a rotation does. */
async function setKeys({ record }: TestTenant, keys: PublicKey[]): Promise<void> {
  const { control } = gateway.app.platform;
  await control.tenants.findOneAndUpdate(
    { _id: record._id },
    {
      $set: {
        keys: keys.map(({ kid, alg, jwk }) => ({ kid, alg, publicJwk: jwk, sealedPrivateKey: 'none' })),
        nextKey: null,
      },
      $inc: { version: 1 },
    },
  );
  gateway.app.directory.forget(record._id, record.names);
}

function signerOf(alg: Algorithm, key: KeyObject): Signer {
  if (alg === 'EdDSA') return (input) => sign(null, Buffer.from(input), key);
  if (alg === 'ES256')
    return (input) => sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' });
  const padding =
    alg === 'PS256'
      ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }
      : { padding: constants.RSA_PKCS1_PADDING };
  return (input) => sign('sha256', Buffer.from(input), { key, ...padding });
}

/** A token with one tenant's claims, signed by what may be another's key. */
function token(of: number, signer: number, alg: Algorithm, claims: object = {}): string {
  const { record } = tenants[of]!;
  const now = Math.floor(Date.now() / 1_000);
  const client = record.provisioning.bootstrapClient;
  const all = {
    iss: record.issuer,
    aud: `${record.issuer}/graphql`,
    tenant: record._id,
    sub: client,
    client_id: client,
    scope: 'tenant:read',
    iat: now,
    exp: now + 600,
    jti: randomUUID(),
    ...claims,
  };
  return forge({ alg, kid: kidOf(alg), typ: 'at+jwt' }, all, signerOf(alg, privateKeys[signer]![alg]));
}

async function answer(at: number, bearer: string): Promise<string> {
  const { data, errors } = await graphql({
    port: gateway.port,
    path: `/t/tenant-${at}/graphql`,
    token: bearer,
    query: '{ tenant { identifier } }',
  });
  return errors?.[0]?.extensions.code ?? (data?.['tenant'] as { identifier: string }).identifier;
}

describe.each(ALGORITHMS)('with %s and one kid for all, of ten tenants', (alg) => {
  it('each has its own tokens, no other’s, and none another has signed', async () => {
    for (let a = 0; a < TENANTS; a += 1) {
      const answers = await Promise.all(
        tenants.map(async (_tenant, b) => [
          await answer(b, token(a, a, alg)),
          await answer(b, token(b, a, alg)),
        ]),
      );
      answers.forEach((pair, b) =>
        expect(pair, `${a} at ${b}`).toEqual(
          a === b ? [`tenant-${a}`, `tenant-${a}`] : ['TENANT_MISMATCH', 'UNAUTHENTICATED'],
        ),
      );
    }
  }, 60_000);

  it('no other algorithm’s key of the same tenant stands in', async () => {
    for (const other of ALGORITHMS.filter((each) => each !== alg)) {
      const sound = token(0, 0, other).split('.');
      const header = Buffer.from(JSON.stringify({ alg, kid: kidOf(other), typ: 'at+jwt' })).toString(
        'base64url',
      );
      expect(await answer(0, [header, sound[1], sound[2]].join('.'))).toBe('UNAUTHENTICATED');
    }
  });

  it('a key that is gone signs nothing, also for who knew its tokens', async () => {
    const early = token(1, 1, alg);
    expect(await answer(1, early)).toBe('tenant-1');
    const keys = gateway.app.directory;
    const before = (await keys.byIdentifier('tenant-1'))!.keys.all;
    await setKeys(
      tenants[1]!,
      before.filter((key) => key.alg !== alg),
    );
    for (const bearer of [early, token(1, 1, alg)]) expect(await answer(1, bearer)).toBe('UNAUTHENTICATED');
    // Another key under the old name makes no old token good.
    const { publicKey } = newPair(alg);
    await setKeys(tenants[1]!, [...before.filter((key) => key.alg !== alg), publicOf(alg, publicKey)]);
    expect(await answer(1, early)).toBe('UNAUTHENTICATED');
    await setKeys(tenants[1]!, [...before]);
    expect(await answer(1, early)).toBe('tenant-1');
  });

  it('clocks may be seconds apart, not five minutes', async () => {
    const now = Math.floor(Date.now() / 1_000);
    const at = (claims: object) => answer(0, token(0, 0, alg, claims));
    expect(await at({ exp: now - 300 })).toBe('UNAUTHENTICATED');
    expect(await at({ exp: now - 10 })).toBe('UNAUTHENTICATED');
    expect(await at({ nbf: now + 300 })).toBe('UNAUTHENTICATED');
    expect(await at({ nbf: now + 1 })).toBe('tenant-0');
  });
});

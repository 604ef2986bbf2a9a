import { constants, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { forge, privateKeyOf, type Signer, soundToken } from '../support/forged-token.ts';
import {
  registerBoth,
  registerTenant,
  startGateway,
  type TestGateway,
  type TestTenant,
} from '../support/gateway.ts';
import { graphql } from '../support/request.ts';

let gateway: TestGateway;
let acme: TestTenant;
let globex: TestTenant;

beforeAll(async () => {
  gateway = await startGateway();
  ({ acme, globex } = await registerBoth(gateway));
});

afterAll(() => gateway[Symbol.asyncDispose]());

/** The caller's subject, or the code of the refusal. */
async function caller(token: string, port = gateway.port): Promise<string> {
  const { data, errors } = await graphql({ port, token, query: '{ viewer { subject } }' });
  return errors?.[0]?.extensions.code ?? (data?.['viewer'] as { subject: string }).subject;
}

describe('a token that was verified before', () => {
  it('is refused while its tenant is suspended, and works when it is resumed', async () => {
    const { lifecycle } = gateway.app.platform;
    const [token, other] = await Promise.all([acme.token(), globex.token()]);
    const client = acme.record.provisioning.bootstrapClient;
    expect(await caller(token)).toBe(client);
    await lifecycle.suspend(acme.record._id);
    expect(await caller(token)).toBe('TENANT_SUSPENDED');
    expect(await caller(other)).toBe(globex.record.provisioning.bootstrapClient);
    await lifecycle.resume(acme.record._id);
    expect(await caller(token)).toBe(client);
  });

  it('is refused once its key is gone from the record', async () => {
    const hooli = await registerTenant(gateway, 'hooli');
    const token = await hooli.token();
    expect(await caller(token)).toBe(hooli.record.provisioning.bootstrapClient);
    await changeKeys(hooli, { $set: { keys: [] } });
    expect(await caller(token)).toBe('UNAUTHENTICATED');
    await changeKeys(hooli, { $set: { keys: hooli.record.keys } });
    expect(await caller(token)).toBe(hooli.record.provisioning.bootstrapClient);
  });

  it('is refused when its tenant is deleted', async () => {
    const tyrell = await registerTenant(gateway, 'tyrell');
    const token = await tyrell.token();
    expect(await caller(token)).toBe(tyrell.record.provisioning.bootstrapClient);
    await gateway.app.platform.deletions.request(tyrell.record._id, { by: 'test', isImmediate: true });
    expect(await caller(token)).toBe('UNAUTHENTICATED');
  });

  it('does not come back with another tenant of the same identifier', async () => {
    const { deletions, lifecycle } = gateway.app.platform;
    const first = await registerTenant(gateway, 'umbrella');
    const token = await first.token();
    const sound = soundToken(first);
    const key = privateKeyOf(gateway, first);
    expect(await caller(token)).toBe(first.record.provisioning.bootstrapClient);
    await deletions.request(first.record._id, { by: 'test', isImmediate: true });
    await lifecycle.releaseIdentifier('umbrella');
    const second = await registerTenant(gateway, 'umbrella');
    expect(second.record.issuer).toBe(first.record.issuer);
    expect(await caller(token)).toBe('UNAUTHENTICATED');
    expect(await caller(forge(sound.header, { ...sound.claims, tenant: second.record._id }, key))).toBe(
      'UNAUTHENTICATED',
    );
    expect(await caller(await second.token())).toBe(second.record.provisioning.bootstrapClient);
  });
});

describe('the token of a deleted client', () => {
  it('is refused at once here, and within a second on another node', async () => {
    const elsewhere = await startGateway({ CONTROL_DATABASE: gateway.config.mongo.controlDatabase });
    try {
      const admin = await acme.token();
      const created = await graphql({
        port: gateway.port,
        token: admin,
        query:
          'mutation { createClient(input: { name: "short-lived" }) { client { id clientId } userErrors { code } } }',
      });
      const { client } = created.data?.['createClient'] as { client: { id: string; clientId: string } };
      const { header, claims } = soundToken(acme);
      const token = forge(
        header,
        { ...claims, sub: client.clientId, client_id: client.clientId },
        privateKeyOf(gateway, acme),
      );
      for (const { port } of [gateway, elsewhere]) expect(await caller(token, port)).toBe(client.clientId);
      const deleted = await graphql({
        port: gateway.port,
        token: admin,
        query: 'mutation ($id: ID!) { deleteClient(input: { id: $id }) { deletedId userErrors { code } } }',
        variables: { id: client.id },
      });
      expect(deleted.data?.['deleteClient']).toEqual({ deletedId: client.id, userErrors: [] });
      expect(await caller(token)).toBe('UNAUTHENTICATED');
      await expect
        .poll(() => caller(token, elsewhere.port), { interval: 50, timeout: 2_000 })
        .toBe('UNAUTHENTICATED');
      expect(await caller(admin)).toBe(acme.record.provisioning.bootstrapClient);
    } finally {
      elsewhere.server.close();
      await elsewhere.app[Symbol.asyncDispose]();
    }
  });
});

describe('a key in a tenant’s record', () => {
  const pairs: Record<string, { publicKey: KeyObject; privateKey: KeyObject }> = {
    RS256: generateKeyPairSync('rsa', { modulusLength: 2_048 }),
    PS256: generateKeyPairSync('rsa', { modulusLength: 2_048 }),
    EdDSA: generateKeyPairSync('ed25519'),
  };
  const signers: Record<string, (key: KeyObject) => Signer> = {
    RS256: (key) => (input) => sign('sha256', Buffer.from(input), key),
    PS256: (key) => (input) =>
      sign('sha256', Buffer.from(input), { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }),
    EdDSA: (key) => (input) => sign(null, Buffer.from(input), key),
  };

  it.each(['RS256', 'PS256', 'EdDSA'])(
    'of the algorithm %s verifies that tenant’s tokens and no other',
    async (alg) => {
      const { publicKey, privateKey } = pairs[alg]!;
      const signer = signers[alg]!(privateKey);
      const kid = `key-${alg}`;
      const publicJwk = { ...publicKey.export({ format: 'jwk' }), kid, alg, use: 'sig' };
      await changeKeys(acme, { $push: { keys: { kid, alg, publicJwk, sealedPrivateKey: 'elsewhere' } } });
      const { header, claims } = soundToken(acme);
      const client = acme.record.provisioning.bootstrapClient;
      expect(await caller(forge({ ...header, kid, alg }, claims, signer))).toBe(client);
      for (const other of ['ES256', 'RS256', 'PS256', 'EdDSA', 'HS256', 'none'].filter(
        (name) => name !== alg,
      )) {
        expect(await caller(forge({ ...header, kid, alg: other }, claims, signer)), other).toBe(
          'UNAUTHENTICATED',
        );
      }
      expect(await caller(forge({ ...header, kid, alg }, soundToken(globex).claims, signer))).toBe(
        'UNAUTHENTICATED',
      );
    },
  );
});

async function changeKeys({ record }: TestTenant, update: object): Promise<void> {
  const { control, directory } = gateway.app.platform;
  await control.tenants.findOneAndUpdate({ _id: record._id }, { ...update, $inc: { version: 1 } });
  directory.forget(record._id, record.names);
}

import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { secretBox } from '../../src/config/secrets.ts';
import { rewrapSecrets } from '../../src/control-plane/rewrap-secrets.ts';
import { secretKeyring } from '../../src/control-plane/secret-keyring.ts';
import { tenantOf, type TenantRecord } from '../../src/control-plane/tenant-record.ts';
import { sha256 } from '../../src/lib/sha256.ts';
import type { Client } from '../../src/modules/clients/client.ts';
import { hashOfSecret } from '../../src/modules/clients/secret-hash.ts';
import { eventually } from '../support/eventually.ts';
import { MASTER_KEY, startGateway, type TestGateway } from '../support/gateway.ts';
import { operate, platform, operatorToken, register } from '../support/platform.ts';
import { clientCredentials, type ClientLogin } from '../support/sts.ts';

const names = ['acme', 'globex'] as const;

let gateway: TestGateway;
let acme: ClientLogin;
let globex: ClientLogin;

beforeAll(async () => {
  gateway = await startGateway();
  acme = (await register(gateway, { identifier: 'acme', name: 'Acme' })).bootstrap!;
  globex = (await register(gateway, { identifier: 'globex', name: 'Globex' })).bootstrap!;
});
afterAll(() => gateway[Symbol.asyncDispose]());

async function recordOf(identifier: string): Promise<TenantRecord> {
  const record = await gateway.app.platform.control.tenants.findOne({ names: identifier as never });
  if (record === null) throw new Error(`no ${identifier}`);
  return record;
}

async function clientsOf(identifier: string) {
  return (await gateway.databases.of(await recordOf(identifier))).collection<Client>('clients');
}

async function hashesOf(identifier: string): Promise<string[]> {
  const clients = await (await clientsOf(identifier)).find({}).sort({ _id: 1 }).toArray();
  return clients.flatMap(({ secrets }) => secrets.map(({ hash }) => hash));
}

function keyOf(record: TenantRecord, box = gateway.box) {
  return secretKeyring({ control: gateway.app.platform.control, box })(record._id);
}

/** Status of a token request of each client at each tenant. */
async function statuses(): Promise<Record<string, number>> {
  const asked = { 'acme at acme': ['acme', acme], 'globex at globex': ['globex', globex] } as const;
  const crossed = { 'acme at globex': ['globex', acme], 'globex at acme': ['acme', globex] } as const;
  const mixed = {
    'id of acme, secret of globex': ['acme', { ...acme, clientSecret: globex.clientSecret! }],
  } as const;
  const entries = Object.entries({ ...asked, ...crossed, ...mixed }).map(async ([name, [at, login]]) => {
    return [name, (await clientCredentials(gateway, at, login)).status] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

const RIGHT = {
  'acme at acme': 200,
  'globex at globex': 200,
  'acme at globex': 401,
  'globex at acme': 401,
  'id of acme, secret of globex': 401,
};

async function closeShells(): Promise<void> {
  for (const name of names) await gateway.app.shells.evict((await recordOf(name))._id);
}

test('a secret is recognised with the key of its tenant alone', async () => {
  const keys = await Promise.all(names.map(async (name) => keyOf(await recordOf(name))));
  expect(keys[0]!.equals(keys[1]!)).toBe(false);
  const same = keys.map((key) => hashOfSecret(key, acme.clientSecret!));
  expect(same[0]).not.toBe(same[1]);
  expect(await hashesOf('acme')).toEqual([same[0]]);
  expect(await statuses()).toEqual(RIGHT);

  // Of the other tenant's clients, and those of the same id: what one tenant's hash stands for counts nowhere else.
  const stolen = await (await clientsOf('acme')).findOne({ _id: acme.clientId });
  await (await clientsOf('globex')).insertOne(stolen!);
  expect((await clientCredentials(gateway, 'globex', acme)).status).toBe(401);
  await (await clientsOf('globex')).deleteOne({ _id: acme.clientId });
});

test('a hash that was made without the key counts for nothing, whoever put it there', async () => {
  for (const [name, login] of [
    ['acme', acme],
    ['globex', globex],
  ] as const) {
    const clients = await clientsOf(name);
    const { secrets } = (await clients.findOne({ _id: login.clientId }))!;
    for (const hash of [sha256(login.clientSecret!), 'short', '']) {
      await clients.updateOne({ _id: login.clientId }, { $set: { 'secrets.0.hash': hash } });
      await closeShells();
      expect((await clientCredentials(gateway, name, login)).status).toBe(401);
    }
    await clients.updateOne({ _id: login.clientId }, { $set: { secrets } });
  }
  await closeShells();
  expect(await statuses()).toEqual(RIGHT);
});

test('twenty that need the first key of a tenant at once get the same one', async () => {
  const record = await recordOf('acme');
  const { tenants } = gateway.app.platform.control;
  const { sealedSecretKey } = record;
  await tenants.findOneAndUpdate({ _id: record._id }, { $unset: { sealedSecretKey: 1 } });
  const [first, ...others] = await Promise.all(Array.from({ length: 20 }, () => keyOf(record)));
  expect(others.every((key) => key.equals(first!))).toBe(true);
  await tenants.findOneAndUpdate({ _id: record._id }, { $set: { sealedSecretKey } });
});

test('a rewrap seals the keys again beside a gateway that serves, and no hash changes', async () => {
  const { control } = gateway.app.platform;
  const next = randomBytes(32);
  const hashes = await Promise.all(names.map(hashesOf));
  const keys = await Promise.all(names.map(async (name) => keyOf(await recordOf(name))));
  const sealed = await Promise.all(names.map(async (name) => (await recordOf(name)).sealedSecretKey));
  const [result] = await Promise.all([
    rewrapSecrets(control, secretBox(next, MASTER_KEY), () => undefined),
    ...Array.from({ length: 10 }, async () => expect(await statuses()).toEqual(RIGHT)),
  ]);
  expect(result.failed).toEqual([]);
  expect(await Promise.all(names.map(hashesOf))).toEqual(hashes);
  for (const [index, name] of names.entries()) {
    const record = await recordOf(name);
    expect(record.sealedSecretKey).not.toBe(sealed[index]);
    expect((await keyOf(record, secretBox(next))).equals(keys[index]!)).toBe(true);
    await expect(keyOf(record)).rejects.toThrow('under a master key this process does not have');
  }
  await rewrapSecrets(control, secretBox(MASTER_KEY, next), () => undefined);
  await closeShells();
  expect(await statuses()).toEqual(RIGHT);
});

test("a tenant's key does not open in the record of another, nor in the place of another secret", async () => {
  const [one, other] = await Promise.all(names.map(recordOf));
  const { tenants } = gateway.app.platform.control;
  const put = (sealedSecretKey: string) =>
    tenants.findOneAndUpdate({ _id: other!._id }, { $set: { sealedSecretKey } });
  await put(one!.sealedSecretKey!);
  await expect(keyOf(other!)).rejects.toThrow();
  await put(other!.keys[0]!.sealedPrivateKey);
  await expect(keyOf(other!)).rejects.toThrow();
  await put(other!.sealedSecretKey!);
});

test('nothing of a key is logged or answered, and it goes with its tenant', async () => {
  const record = await recordOf('acme');
  const bytes = (await keyOf(record)).export();
  const query = '{ tenants { edges { node { id identifier name status } } } }';
  const answered = await platform(gateway, query, {}, await operatorToken(gateway));
  const seen = JSON.stringify([answered, gateway.logs]);
  for (const encoding of ['base64', 'base64url', 'hex'] as const) {
    expect(seen).not.toContain(bytes.toString(encoding).replace(/=+$/, ''));
  }
  expect(seen).not.toContain(record.sealedSecretKey);
  expect(JSON.stringify(tenantOf(record))).not.toContain(record.sealedSecretKey);

  await operate(gateway, 'deleteTenant', { id: record._id });
  await eventually(async () => expect((await recordOf('acme')).status).toBe('DELETED'));
  expect((await recordOf('acme')).sealedSecretKey).toBeNull();
  await expect(keyOf(record)).rejects.toThrow('is gone');
  expect((await clientCredentials(gateway, 'globex', globex)).status).toBe(200);
});

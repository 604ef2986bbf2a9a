import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TenantRecord } from '../../src/control-plane/tenant-record.ts';
import { registerBoth, startGateway, type TestGateway } from '../support/gateway.ts';
import { type MongoProxy, openMongoProxy } from '../support/mongo-proxy.ts';
import { createTenant, operate, operatorToken, platform, visit } from '../support/platform.ts';
import { graphql } from '../support/request.ts';

let gateway: TestGateway;
let proxy: MongoProxy;

/** Part of every connection string here; wherever it turns up, a connection string has leaked. */
const MARK = `mark-${randomBytes(8).toString('hex')}`;

beforeAll(async () => {
  gateway = await startGateway();
  proxy = await openMongoProxy();
  await registerBoth(gateway);
});

afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await proxy[Symbol.asyncDispose]();
});

function dedicatedUri(): string {
  return `${proxy.uri}&appName=${MARK}`;
}

async function recordOf(identifier: string): Promise<TenantRecord> {
  const record = await gateway.app.platform.control.tenants.findOne({ names: identifier as never });
  if (record === null) throw new Error(`no tenant ${identifier}`);
  return record;
}

/** Everything in a database, as text. */
async function dump(database: string): Promise<string> {
  const db = gateway.app.platform.control.db.client.db(database);
  const names = (await db.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name);
  const documents = await Promise.all(names.map((name) => db.collection(name).find({}).toArray()));
  return JSON.stringify(Object.fromEntries(names.map((name, index) => [name, documents[index]])));
}

describe('each placement', () => {
  const placements = {
    database: () => ({ mode: 'DATABASE' }),
    named: () => ({ mode: 'DATABASE', cluster: 'default' }),
    dedicated: () => ({ mode: 'DEDICATED', connectionString: dedicatedUri() }),
    prefixed: () => ({ mode: 'PREFIXED' }),
  };

  test.each(Object.entries(placements))('is served like any other: %s', async (kind, placement) => {
    const tenants = [];
    for (const side of ['one', 'two']) {
      const identifier = `${kind}-${side}`;
      const { tenant, bootstrap, userErrors, code } = await createTenant(gateway, {
        identifier,
        name: identifier,
        placement: placement(),
      });
      expect([tenant?.status, userErrors, code]).toEqual(['ACTIVE', [], undefined]);
      const token = bootstrap?.accessToken ?? '';
      const created = await graphql({
        port: gateway.port,
        token,
        query: `mutation { createClient(input: { name: "${side}" }) { client { id } userErrors { code } } }`,
      });
      expect(created).toMatchObject({ data: { createClient: { userErrors: [] } } });
      tenants.push({ identifier, side, token, record: await recordOf(identifier) });
    }
    const names = async (token: string) => {
      const { data } = await graphql({ port: gateway.port, token, query: '{ clients { nodes { name } } }' });
      return (data as { clients: { nodes: { name: string }[] } }).clients.nodes
        .map(({ name }) => name)
        .sort();
    };
    for (const { identifier, side, token } of tenants) {
      expect(await visit(gateway, identifier, token)).toBe(identifier);
      expect(await names(token)).toEqual(['Administrator', side]);
    }
    const [one, two] = tenants;
    // One of them goes; the other does not notice.
    expect((await operate(gateway, 'deleteTenant', { id: one?.record._id })).codes).toEqual([]);
    expect(await names(two?.token ?? '')).toEqual(['Administrator', 'two']);
    const { database, prefix } = one?.record.placement ?? { database: '', prefix: '' };
    const left = await gateway.app.platform.control.db.client
      .db(database)
      .listCollections({}, { nameOnly: true })
      .toArray();
    expect(left.filter(({ name }) => name.startsWith(prefix))).toEqual([]);
    // Kept until a write that another node had under way can have come to its end; see deletions.test.
    const gone = await recordOf(`${kind}-one`);
    expect(gone.placement.sealedConnectionString !== null).toBe(kind === 'dedicated');
    expect(gone.deletion?.dropAgainAt).toBeInstanceOf(Date);
  });

  test('prefixed tenants share a database and no collection', async () => {
    const records = [];
    for (const identifier of ['shared-one', 'shared-two']) {
      await createTenant(gateway, { identifier, name: identifier, placement: { mode: 'PREFIXED' } });
      records.push(await recordOf(identifier));
    }
    const [one, two] = records.map(({ placement }) => placement);
    expect(one?.database).toBe(two?.database);
    expect(one?.prefix.startsWith(two?.prefix ?? '')).toBe(false);
    expect(two?.prefix.startsWith(one?.prefix ?? '')).toBe(false);
  });
});

describe('a placement that cannot be', () => {
  const host = '127.0.0.1:27017';
  const refused: [string, object, string][] = [
    ['dedicated without a connection string', { mode: 'DEDICATED' }, 'connectionString'],
    ['dedicated with an empty one', { mode: 'DEDICATED', connectionString: '' }, 'connectionString'],
    [
      'dedicated on a cluster',
      { mode: 'DEDICATED', cluster: 'default', connectionString: `mongodb://${host}/` },
      'cluster',
    ],
    [
      'shared with a connection string',
      { mode: 'DATABASE', connectionString: `mongodb://${host}/${MARK}` },
      'connectionString',
    ],
    [
      'prefixed with a connection string',
      { mode: 'PREFIXED', connectionString: `mongodb://${host}/${MARK}` },
      'connectionString',
    ],
    ['an unknown cluster', { mode: 'DATABASE', cluster: 'nowhere' }, 'cluster'],
    ['an object for a cluster', { mode: 'PREFIXED', cluster: '$ne' }, 'cluster'],
    ...[
      `http://${host}/?${MARK}`,
      `mongodb://user:${MARK}@`,
      `mongodb://user:${MARK}@${host}/ ?w=1`,
      `mongodb://user:${MARK}@${host}/?tlsCAFile=/etc/passwd`,
      `mongodb://user:${MARK}@${host}/?tlsCertificateKeyFile=/etc/passwd`,
      `mongodb://user:${MARK}@${host}/?TLSAllowInvalidCertificates=true`,
      `mongodb://user:${MARK}@${host}/?tlsInsecure=true`,
      `mongodb://user:${MARK}@${host}/?proxyHost=10.0.0.1`,
      `mongodb://user:${MARK}@${host}/?authMechanismProperties=ENVIRONMENT:azure`,
      `mongodb://user:${MARK}@${host}/?maxPoolSize=100000`,
      `mongodb://user:${MARK}@${host}/?w=1&w=2&serverSelectionTimeoutMS=999999`,
      `mongodb://user:${MARK}@${host}/?w=1?tlsCAFile=/etc/passwd`,
      `mongodb://user:${MARK}@${host}:99999/`,
      `mongodb://${MARK.repeat(100)}/`,
    ].map((connectionString): [string, object, string] => [
      connectionString.replace(MARK, '…').slice(0, 80),
      { mode: 'DEDICATED', connectionString },
      'connectionString',
    ]),
  ];

  test.each(refused)('is refused before anything is made: %s', async (_what, placement, field) => {
    const free = (await gateway.app.platform.clusters.all())[0]?.free;
    const { tenant, userErrors, reply } = await createTenant(gateway, {
      identifier: 'refused',
      name: 'R',
      placement,
    });
    expect(userErrors.map(({ code, path }) => [code, path])).toEqual([['INVALID', ['placement', field]]]);
    expect(tenant).toBeNull();
    expect(JSON.stringify(reply)).not.toContain(MARK);
    expect(await gateway.app.platform.control.tenants.count({ names: 'refused' as never })).toBe(0);
    expect((await gateway.app.platform.clusters.all())[0]?.free).toBe(free);
  });
});

describe('a connection string', () => {
  test('never comes back: not in an answer, an error, a log line or a record', async () => {
    await createTenant(gateway, {
      identifier: 'secretive',
      name: 'Secretive',
      placement: { mode: 'DEDICATED', connectionString: dedicatedUri() },
    });
    const token = await operatorToken(gateway);
    const placement = (connectionString: string) => ({ mode: 'DEDICATED', connectionString });
    const create =
      'mutation ($input: CreateTenantInput!) { createTenant(input: $input) { tenant { id } userErrors { code message } } }';
    const add =
      'mutation ($input: AddClusterInput!) { addCluster(input: $input) { cluster { name } userErrors { code message } } }';
    const uri = `mongodb://user:${MARK}@127.0.0.1:1/?directConnection=true`;
    const answers = [
      // Nobody listens there, and nobody of that name is known there.
      await platform(
        gateway,
        create,
        { input: { identifier: 'unreachable', name: 'U', placement: placement(uri) } },
        token,
      ),
      await platform(
        gateway,
        create,
        {
          input: {
            identifier: 'stranger',
            name: 'S',
            placement: placement(proxy.uri.replace('//', `//user:${MARK}@`)),
          },
        },
        token,
      ),
      // Inputs that fail before any resolver runs: the whole input is at fault.
      await platform(
        gateway,
        create,
        { input: { identifier: 'nameless', placement: placement(uri) } },
        token,
      ),
      await platform(
        gateway,
        create,
        { input: { identifier: 'x', name: 'x', placement: { connectionString: uri } } },
        token,
      ),
      await platform(gateway, create, { input: { identifier: 'x', name: 'x', placement: uri } }, token),
      await platform(gateway, create, { input: { ...placement(uri), identifier: 'x', name: 'x' } }, token),
      await platform(gateway, create, { input: uri }, token),
      await platform(gateway, add, { input: { name: 'x', connectionString: uri } }, token),
      await platform(gateway, add, { input: { name: 'X', connectionString: uri, budget: 5 } }, token),
      await platform(gateway, add, { input: { name: 'fine', connectionString: uri, budget: 5 } }, token),
      await platform(
        gateway,
        '{ tenants(first: 50) { nodes { identifier placement { mode cluster database epoch } } } clusters { name } }',
        {},
        token,
      ),
    ];
    for (const answer of answers.slice(0, 2)) {
      expect(answer).toMatchObject({
        data: { createTenant: { tenant: null, userErrors: [{ code: 'INVALID' }] } },
      });
    }
    for (const [index, answer] of answers.entries())
      expect(JSON.stringify(answer), `answer ${index}`).not.toContain(MARK);
    expect(JSON.stringify(gateway.logs)).not.toContain(MARK);
    const stored = await dump(gateway.config.mongo.controlDatabase);
    expect(stored).toContain('secretive');
    for (const secret of [
      MARK,
      'mongodb://',
      'PRIVATE KEY',
      Buffer.from(MARK).toString('base64').slice(0, 12),
    ]) {
      expect(stored).not.toContain(secret);
    }
  });

  test('does not open in the record of another tenant or cluster', async () => {
    const { tenants, clusters } = gateway.app.platform.control;
    const one = {
      identifier: 'sealed-one',
      name: '1',
      placement: { mode: 'DEDICATED', connectionString: dedicatedUri() },
    };
    await createTenant(gateway, one);
    await createTenant(gateway, { ...one, identifier: 'sealed-two' });
    const [first, second] = [await recordOf('sealed-one'), await recordOf('sealed-two')];
    await tenants.findOneAndUpdate(
      { _id: second._id },
      {
        $set: { 'placement.sealedConnectionString': first.placement.sealedConnectionString },
        $inc: { version: 1 },
      },
    );
    gateway.app.directory.forget(second._id, second.names);
    expect(await visit(gateway, 'sealed-two')).toBe('TENANT_UNAVAILABLE');
    expect(await visit(gateway, 'sealed-one')).toBe('sealed-one');
    await gateway.app.platform.clusters.add({
      ...{ name: 'sealed-a', connectionString: dedicatedUri(), budget: 100 },
    });
    const sealed = await clusters.findOne({ _id: 'sealed-a' });
    if (sealed === null) throw new Error('no cluster');
    await clusters.insert({ ...sealed, _id: 'sealed-b' });
    const placed = await createTenant(gateway, {
      identifier: 'on-sealed-b',
      name: 'B',
      placement: { mode: 'DATABASE', cluster: 'sealed-b' },
    });
    expect([placed.code, placed.tenant]).toEqual(['CAPACITY_EXHAUSTED', null]);
    const uri = (name: string) => gateway.app.platform.clusters.uriOf(name);
    expect(await uri('sealed-a')).toBe(dedicatedUri());
    await expect(uri('sealed-b')).rejects.toThrow(/^(?!.*mongodb:)/s);
  });
});

test('a private key does not open in the record of another tenant', async () => {
  const [acme, globex] = [await recordOf('acme'), await recordOf('globex')];
  const request = { subject: 's', clientId: 's', scopes: [], lifetimeMs: 60_000 };
  await expect(gateway.app.tokens.forTenant(acme, request)).resolves.toBeDefined();
  await expect(gateway.app.tokens.forTenant({ ...globex, keys: acme.keys }, request)).rejects.toThrow();
  const [key] = acme.keys;
  const sealed = key?.sealedPrivateKey ?? '';
  const changed = `${sealed.slice(0, -2)}${sealed.endsWith('AA') ? 'BB' : 'AA'}`;
  await expect(
    gateway.app.tokens.forTenant({ ...acme, keys: [{ ...key!, sealedPrivateKey: changed }] }, request),
  ).rejects.toThrow();
});

test('a tenant keeps the hash of its secrets only', async () => {
  const { bootstrap } = await createTenant(gateway, { identifier: 'hashed', name: 'Hashed' });
  const stored = await dump((await recordOf('hashed')).placement.database);
  expect(stored).toContain(bootstrap?.clientId);
  expect(stored).not.toContain(bootstrap?.clientSecret);
  expect(JSON.stringify(gateway.logs)).not.toContain(bootstrap?.clientSecret);
  expect(JSON.stringify(gateway.logs)).not.toContain(bootstrap?.accessToken);
});

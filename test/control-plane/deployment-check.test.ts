import { beforeAll, describe, expect, test } from 'vitest';
import { mongo } from 'mongoose';
import { connectionStringFault } from '../../src/control-plane/connection-string.ts';
import { createDeploymentCheck } from '../../src/control-plane/deployment-check.ts';
import { type Hello, openHostileDeployment } from '../support/hostile-deployment.ts';
import { mongodbUri, secondMongodbUri } from '../support/mongodb-uri.ts';

function check(isProduction = false, allowedHosts: readonly string[] = []) {
  return createDeploymentCheck({ controlUri: mongodbUri(), allowedHosts, isProduction });
}

describe('a connection string', () => {
  test.each(['retryWrites=true&w=majority&appName=Cluster0', 'replicaSet=rs0&authSource=admin&tls=true'])(
    'may hold %s',
    (options) => expect(connectionStringFault(`mongodb://u:p@db.example/?${options}`)).toBeUndefined(),
  );

  test.each([
    ...['authMechanism=MONGODB-AWS', 'authMechanism=MONGODB-OIDC', 'authMechanism=GSSAPI', 'w=0'],
    ...['readPreference=secondary', 'proxyHost=10.0.0.1', 'tlsCAFile=/etc/passwd', 'minPoolSize=900'],
    ...['autoEncryption=1', 'authMechanismProperties=ENVIRONMENT:gcp', '__proto__=x', 'constructor=x'],
  ])('may not hold %s', (options) =>
    expect(connectionStringFault(`mongodb://u:p@db.example/?${options}`)).toMatch(/not allowed/),
  );

  test('asks for TLS in production', () => {
    const fault = (uri: string) => connectionStringFault(uri, { isTlsRequired: true });
    expect(fault('mongodb://db.example/')).toMatch(/TLS/);
    expect(fault('mongodb://db.example/?tls=false')).toMatch(/TLS/);
    expect(fault('mongodb://db.example/?tls=true')).toBeUndefined();
    expect(fault('mongodb+srv://db.example.com/')).toBeUndefined();
  });

  test('names no file', () => expect(connectionStringFault('mongodb://%2Ftmp%2Fa.sock/')).toMatch(/file/));
});

describe('a host', () => {
  test.each([
    ...['169.254.169.254', '[fe80::1]', '[::ffff:169.254.169.254]', '0.0.0.0', '[::]', '[fd00:ec2::254]'],
    ...['127.0.0.1:1,169.254.1.1', '2852039166'],
  ])('is refused where no deployment is: %s', async (host) => {
    expect(await check()(`mongodb://${host}/`)).toMatch(/ALLOWED_MONGODB_HOSTS/);
  });

  test.each(['127.0.0.1:1', 'localhost:1', '[::1]:1'])(
    'of this machine is refused in production: %s',
    async (host) => {
      expect(await check(true)(`mongodb://${host}/?tls=true`)).toMatch(/ALLOWED_MONGODB_HOSTS/);
    },
  );

  test('of the control database is refused, under every name, unless it is listed', async () => {
    const named = mongodbUri().replace('127.0.0.1', 'localhost');
    for (const uri of [mongodbUri(), named]) expect(await check()(uri)).toMatch(/control database/);
    expect(await check(false, ['127.0.0.1'])(mongodbUri())).toBeUndefined();
  });

  test('that cannot be found is told so', async () => {
    expect(await check()('mongodb://nowhere.invalid/')).toBe('names a host that cannot be found');
  });
});

describe('a deployment', () => {
  let client: mongo.MongoClient;

  beforeAll(async () => {
    client = await new mongo.MongoClient(secondMongodbUri()).connect();
    return () => client.close();
  });

  test('that works is tried and left as it was', async () => {
    expect(await check()(secondMongodbUri())).toBeUndefined();
    const { databases } = await client.db('admin').admin().listDatabases({ nameOnly: true });
    expect(databases.filter(({ name }) => name.startsWith('tg_trial_'))).toEqual([]);
  });

  test('that cannot be reached, or does not know the caller, is told apart without a word of it', async () => {
    const away = await check()('mongodb://user:hunter2@127.0.0.1:1/?directConnection=true');
    const stranger = await check()(secondMongodbUri().replace('//', '//user:hunter2@'));
    expect(away).toMatch(/no server that can be reached/);
    expect(stranger).toMatch(/name or password/);
    expect(`${away} ${stranger}`).not.toMatch(/hunter2|127\.0\.0\.1/);
  });
});

describe('a deployment that names members', () => {
  const NOWHERE = '169.254.169.254:27017';
  const control = new URL(mongodbUri().replace('mongodb:', 'http:')).host;

  const named: [string, (self: string) => Hello][] = [
    ['a host', (self) => ({ hosts: [self, NOWHERE] })],
    ['one that takes no writes', (self) => ({ hosts: [self], passives: [NOWHERE] })],
    ['an arbiter', (self) => ({ hosts: [self], arbiters: ['[fe80::1]:27017'] })],
    ['the control database as an arbiter', (self) => ({ hosts: [self], arbiters: [control] })],
    ['one under the name of cloud metadata', (self) => ({ hosts: [self, 'metadata.google.internal:80'] })],
    [
      'one, although no member takes writes',
      (self) => ({ isPrimary: false, passives: [NOWHERE], hosts: [self] }),
    ],
  ];

  test.each(named)('where none may be is refused: %s', async (_what, say) => {
    await using hostile = await openHostileDeployment(say);
    expect(await check()(`mongodb://${hostile.address}/`)).toMatch(/ALLOWED_MONGODB_HOSTS/);
  });

  test('is refused for what another one than its primary names', async () => {
    let members: string[] = [];
    await using secondary = await openHostileDeployment(() => ({
      isPrimary: false,
      hosts: members,
      passives: [NOWHERE],
    }));
    await using primary = await openHostileDeployment(() => ({ hosts: members }));
    members = [primary.address, secondary.address];
    expect(await check()(`mongodb://${members.join()}/`)).toMatch(/ALLOWED_MONGODB_HOSTS/);
  });

  test('is refused when they are more than a replica set has', async () => {
    await using hostile = await openHostileDeployment((self) => ({
      hosts: [self, ...Array.from({ length: 60 }, (_unused, index) => `127.0.0.1:${index + 1}`)],
    }));
    expect(await check()(`mongodb://${hostile.address}/`)).toMatch(/more members than a replica set/);
  });

  test('is not refused for what nobody goes to', async () => {
    await using hostile = await openHostileDeployment((self) => ({ hosts: [self], primary: NOWHERE }));
    expect(await check()(`mongodb://${hostile.address}/`)).toBeUndefined();
    await using alone = await openHostileDeployment((self) => ({ hosts: [self], passives: [NOWHERE] }));
    expect(await check()(`mongodb://${alone.address}/?directConnection=true`)).toBeUndefined();
  });
});

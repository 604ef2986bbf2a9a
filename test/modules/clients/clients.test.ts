import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientModel } from '../../../src/modules/clients/client.ts';
import { newClient } from '../../../src/modules/clients/new-client.ts';
import { encodeGlobalId } from '../../../src/graphql/global-id.ts';
import { type ModuleBench, openModuleBench } from '../../support/module-bench.ts';
import { resourceOf } from '../resources/resource-operations.ts';
import { done, faultsOf, mutate, mutation, READ } from './client-operations.ts';

let bench: ModuleBench;

beforeAll(async () => {
  bench = await openModuleBench(['resources', 'clients']);
});

afterAll(() => bench[Symbol.asyncDispose]());

const NOT_FOUND = ['NOT_FOUND Nothing has this id.'];

describe('clients', () => {
  it('are created, read, changed and deleted', async () => {
    const { acme } = bench;
    const { client, secret } = await done(acme, 'createClient', {
      name: 'Shop',
      description: 'The shop\nof acme',
      redirectUris: ['https://shop.acme.test/callback', 'http://127.0.0.1:3000/cb'],
      scopes: ['content:read'],
    });
    expect(client).toMatchObject({
      id: encodeGlobalId('Client', client.clientId),
      name: 'Shop',
      description: 'The shop\nof acme',
      kind: 'CONFIDENTIAL',
      redirectUris: ['https://shop.acme.test/callback', 'http://127.0.0.1:3000/cb'],
      scopes: ['content:read'],
      grants: [],
      secrets: [{ prefix: secret!.slice(0, 10), expiresAt: null, lastUsedAt: null }],
      revision: 1,
    });
    const { client: updated } = await done(acme, 'updateClient', {
      id: client.id,
      name: 'Web shop',
      description: null,
      expectedRevision: 1,
    });
    expect(updated).toMatchObject({ name: 'Web shop', description: null, revision: 2 });
    expect(updated.redirectUris).toEqual(client.redirectUris);
    expect((await acme.run(READ, { id: client.id })).data.client).toEqual(updated);
    const { payload } = await mutate(acme, 'deleteClient', { id: client.id });
    expect(payload).toEqual({ deletedId: client.id, userErrors: [] });
    expect(await acme.run(READ, { id: client.id })).toEqual({ data: { client: null }, errors: NOT_FOUND });
  });

  it('are public without a secret', async () => {
    const { client, secret } = await done(bench.acme, 'createClient', {
      name: 'App',
      kind: 'PUBLIC',
      redirectUris: ['com.example.app:/callback', 'http://localhost/cb', 'http://[::1]:8080/cb'],
    });
    expect([client.kind, client.secrets, secret]).toEqual(['PUBLIC', [], null]);
    expect(await faultsOf(bench.acme, 'addClientSecret', { id: client.id })).toEqual(['INVALID id']);
  });

  it('are listed by name and creation, filtered and counted', async () => {
    const { globex } = bench;
    for (const name of ['Mobile', 'Backend', 'Mobile beta']) {
      await done(globex, 'createClient', { name, kind: name === 'Backend' ? 'CONFIDENTIAL' : 'PUBLIC' });
    }
    const names = async (args: string) => {
      const { data } = await globex.run(`{ clients(${args}) { totalCount nodes { name } } }`);
      return [data.clients.totalCount, ...data.clients.nodes.map(({ name }: { name: string }) => name)];
    };
    expect(await names('first: 10')).toEqual([3, 'Mobile', 'Backend', 'Mobile beta']);
    expect(await names('first: 2, orderBy: { field: NAME }')).toEqual([3, 'Backend', 'Mobile']);
    expect(await names('last: 1, orderBy: { field: NAME, direction: DESC }')).toEqual([3, 'Backend']);
    expect(await names('filter: { namePrefix: "Mob" }')).toEqual([2, 'Mobile', 'Mobile beta']);
    expect(await names('filter: { kind: CONFIDENTIAL }')).toEqual([1, 'Backend']);
    const tooMany = await globex.run('{ clients(first: 101) { totalCount } }');
    expect(tooMany.errors).toEqual(['LIMIT_EXCEEDED A page has at most 100 items.']);
  });

  it('need no index but that of the primary key', async () => {
    const indexes = await bench.acme.db.collection('clients').indexes();
    expect(indexes.map(({ name }) => name)).toEqual(['_id_']);
  });

  it('belong to one tenant even under one id and name', async () => {
    const { acme, globex } = bench;
    const id = '0190b0c0-0000-7000-8000-000000000001';
    for (const tenant of [acme, globex]) {
      const client = newClient({ id, name: 'Twin', description: tenant.tenant.name, now: new Date() });
      await (await tenant.scope()).model(clientModel).insert(client);
    }
    const globalId = encodeGlobalId('Client', id);
    for (const tenant of [acme, globex]) {
      const { data } = await tenant.run(READ, { id: globalId });
      expect(data.client.description).toBe(tenant.tenant.name);
      const list = await tenant.run('{ clients(filter: { namePrefix: "Twin" }) { nodes { description } } }');
      expect(list.data.clients.nodes).toEqual([{ description: tenant.tenant.name }]);
    }
    await mutate(acme, 'deleteClient', { id: globalId });
    expect((await globex.run(READ, { id: globalId })).data.client.name).toBe('Twin');
  });

  it('answer foreign, malformed and missing ids alike', async () => {
    const { acme, globex } = bench;
    const own = (await done(acme, 'createClient', { name: 'Own' })).client;
    const foreign = (await done(globex, 'createClient', { name: 'Foreign' })).client;
    const resource = await resourceOf(globex, { name: 'R', audience: 'urn:r', scopes: [{ name: 'r' }] });
    const node = 'query ($id: ID!) { node(id: $id) { id } }';
    const bad = [
      foreign.id,
      resource.id,
      encodeGlobalId('ApiResource', own.clientId),
      own.clientId,
      '',
      '{"$ne":1}',
    ];
    for (const id of bad) {
      expect(await acme.run(READ, { id })).toEqual({ data: { client: null }, errors: NOT_FOUND });
      expect(await acme.run(node, { id })).toEqual({ data: { node: null }, errors: NOT_FOUND });
      for (const [field, more] of [
        ['updateClient', { name: 'stolen' }],
        ['addClientSecret', {}],
        ['revokeClientSecret', { secretId: foreign.secrets[0]!.id }],
        ['grantClientScopes', { scopes: ['content:read'] }],
        ['revokeClientScopes', { scopes: ['content:read'] }],
        ['deleteClient', {}],
      ] as const) {
        expect(await mutate(acme, field, { id, ...more })).toEqual({ payload: null, errors: NOT_FOUND });
      }
      const grant = { id: own.id, resource: id, scopes: ['r'] };
      expect(await mutate(acme, 'grantClientScopes', grant)).toEqual({ payload: null, errors: NOT_FOUND });
      expect(await mutate(acme, 'revokeClientScopes', grant)).toEqual({ payload: null, errors: NOT_FOUND });
      const secret = { id: own.id, secretId: id };
      expect(await mutate(acme, 'revokeClientSecret', secret)).toEqual({ payload: null, errors: NOT_FOUND });
    }
    const theirs = { id: own.id, secretId: foreign.secrets[0]!.id };
    expect(await mutate(acme, 'revokeClientSecret', theirs)).toEqual({ payload: null, errors: NOT_FOUND });
    expect((await globex.run(READ, { id: foreign.id })).data.client).toEqual(foreign);
    expect((await acme.run(READ, { id: own.id })).data.client).toEqual(own);
  });

  it('ask for their scopes', async () => {
    const { acme } = bench;
    const { id } = (await done(acme, 'createClient', { name: 'Guarded' })).client;
    const missing = (name: string) => [`FORBIDDEN This needs the scope ${name}.`];
    const readers = { scopes: ['clients:read'] };
    expect((await acme.run(READ, { id }, { scopes: ['clients:write'] })).errors).toEqual(
      missing('clients:read'),
    );
    for (const field of [
      ...['createClient', 'updateClient', 'deleteClient', 'addClientSecret', 'revokeClientSecret'],
      ...['grantClientScopes', 'revokeClientScopes'],
    ]) {
      const input = {
        ...(field === 'createClient' ? { name: 'x' } : { id }),
        ...(field === 'revokeClientSecret' ? { secretId: id } : {}),
        ...(field.endsWith('Scopes') ? { scopes: [] } : {}),
      };
      const answer = await acme.run(mutation(field), { input }, readers);
      expect(answer).toEqual({ data: { [field]: null }, errors: missing('clients:write') });
    }
    const blind = await acme.run(
      mutation('createClient'),
      { input: { name: 'Blind' } },
      { scopes: ['clients:write'] },
    );
    expect(blind.data.createClient).toEqual({
      client: null,
      secret: expect.stringMatching(/^tgs_/),
      userErrors: [],
    });
    expect(blind.errors).toEqual(missing('clients:read'));
  });
});

describe('a create with an idempotency key', () => {
  const input = { name: 'Once', scopes: ['content:read'], idempotencyKey: 'A-key-of-128-random-bits' };

  it('answers the first client, and its secret to one caller only', async () => {
    const { acme, globex } = bench;
    const answers = await Promise.all([1, 2, 3].map(() => done(acme, 'createClient', input)));
    expect(new Set(answers.map(({ client }) => client.id)).size).toBe(1);
    expect(answers.filter(({ secret }) => secret !== null)).toHaveLength(1);
    expect((await done(globex, 'createClient', input)).client.id).not.toBe(answers[0]!.client.id);
    expect(await faultsOf(acme, 'createClient', { ...input, name: 'Other' })).toEqual([
      'CONFLICT idempotencyKey',
    ]);
    expect(await faultsOf(acme, 'createClient', { ...input, idempotencyKey: 'short' })).toEqual([
      'INVALID idempotencyKey',
    ]);
    const stored = await acme.db.collection('clients').findOne({ name: 'Once' });
    expect(JSON.stringify(stored)).not.toContain(input.idempotencyKey);
  });

  it('is no way around the scopes of the caller', async () => {
    const { errors } = await mutate(bench.acme, 'createClient', input, {
      scopes: ['clients:read', 'clients:write'],
    });
    expect(errors).toEqual(['FORBIDDEN This needs the scope content:read.']);
  });
});

describe('an update', () => {
  it('answers CONFLICT at another revision, and changes nothing', async () => {
    const { acme } = bench;
    const { client } = await done(acme, 'createClient', { name: 'Contested' });
    const stale = { id: client.id, expectedRevision: 7 };
    for (const [field, more] of [
      ['updateClient', { name: 'Late' }],
      ['addClientSecret', {}],
      ['revokeClientSecret', { secretId: client.secrets[0]!.id }],
      ['grantClientScopes', { scopes: ['content:read'] }],
      ['revokeClientScopes', { scopes: ['content:read'] }],
      ['deleteClient', {}],
    ] as const) {
      expect(await faultsOf(acme, field, { ...stale, ...more })).toEqual(['CONFLICT expectedRevision']);
    }
    expect((await acme.run(READ, { id: client.id })).data.client).toEqual(client);
    const both = await Promise.all(
      ['A', 'B'].map((name) => mutate(acme, 'updateClient', { id: client.id, name, expectedRevision: 1 })),
    );
    expect(both.filter(({ payload }) => payload.userErrors.length === 0)).toHaveLength(1);
  });
});

describe('bad input', () => {
  const uris = (...redirectUris: string[]) => ({ name: 'Bad', redirectUris });

  it.each<[fault: string, input: object]>([
    ['REQUIRED name', { name: ' ' }],
    ['INVALID name', { name: 'a\u0000b' }],
    ['TOO_LONG name', { name: 'a'.repeat(1_048_576) }],
    ['TOO_LONG description', { name: 'a', description: 'a'.repeat(2_001) }],
    ['LIMIT redirectUris', uris(...Array.from({ length: 21 }, (_, index) => `https://a.test/${index}`))],
    ['TOO_LONG redirectUris.0', uris(`https://a.test/${'a'.repeat(2_000)}`)],
    ['INVALID scopes.1', { name: 'a', scopes: ['content:read', 'content:burn'] }],
    ['INVALID scopes.0', { name: 'a', scopes: ['__proto__'] }],
    ['TOO_LONG scopes.0', { name: 'a', scopes: ['a'.repeat(101)] }],
    ...[
      ...[
        '',
        'callback',
        '/callback',
        'http://shop.acme.test/cb',
        'https://a.test/cb#part',
        'https://u:p@a.test/cb',
      ],
      ...[
        'https:a.test',
        'https://*.a.test/cb',
        'javascript:alert(1)',
        'data:text/html,x',
        'com.example.app:/cb',
      ],
      ...['http://localhost.evil.test/cb', 'https://a.test/\ncb', 'http://127.0.0.1@evil.test/'],
    ].map((uri): [string, object] => ['INVALID redirectUris.0', uris(uri)]),
  ])('is named: %s (case %#)', async (fault, input) => {
    expect(await faultsOf(bench.acme, 'createClient', input)).toEqual([fault]);
  });

  it.each(['javascript:alert(1)', 'myapp://cb', 'file:///etc/passwd', 'http://a.test/cb'])(
    'is no scheme for a public client: %s',
    async (uri) => {
      const input = { ...uris(uri), kind: 'PUBLIC' };
      expect(await faultsOf(bench.acme, 'createClient', input)).toEqual(['INVALID redirectUris.0']);
    },
  );

  it('is checked at updates too', async () => {
    const { client } = await done(bench.acme, 'createClient', { name: 'Checked' });
    const update = { id: client.id, name: 'Half', redirectUris: ['https://a.test/', 'com.example.app:/'] };
    expect(await faultsOf(bench.acme, 'updateClient', update)).toEqual(['INVALID redirectUris.1']);
    expect((await bench.acme.run(READ, { id: client.id })).data.client.name).toBe('Checked');
  });
});

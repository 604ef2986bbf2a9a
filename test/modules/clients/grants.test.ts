import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ModuleBench, openModuleBench } from '../../support/module-bench.ts';
import { resourceOf } from '../resources/resource-operations.ts';
import { done, faultsOf, mutate, READ } from './client-operations.ts';

let bench: ModuleBench;

beforeAll(async () => {
  bench = await openModuleBench(['resources', 'clients']);
});

afterAll(() => bench[Symbol.asyncDispose]());

const admin = ['clients:read', 'clients:write', 'resources:read', 'resources:write'];
const forbidden = (name: string) => ({ payload: null, errors: [`FORBIDDEN This needs the scope ${name}.`] });

describe('grants at the gateway', () => {
  it('are added and taken away', async () => {
    const { acme } = bench;
    const { id } = (await done(acme, 'createClient', { name: 'Granted' })).client;
    const grant = { id, scopes: ['content:read', 'content:write', 'content:read'] };
    expect((await done(acme, 'grantClientScopes', grant)).client).toMatchObject({
      scopes: ['content:read', 'content:write'],
      grants: [],
      revision: 2,
    });
    expect((await done(acme, 'grantClientScopes', grant)).client.revision).toBe(2);
    const revoke = { id, scopes: ['content:read', 'users:read'] };
    expect((await done(acme, 'revokeClientScopes', revoke)).client.scopes).toEqual(['content:write']);
  });

  it('must be scopes there are', async () => {
    const { id } = (await done(bench.acme, 'createClient', { name: 'Unknown' })).client;
    for (const field of ['grantClientScopes', 'revokeClientScopes']) {
      expect(
        await faultsOf(bench.acme, field, { id, scopes: ['content:read', 'nope', 'constructor'] }),
      ).toEqual(['INVALID scopes.1', 'INVALID scopes.2']);
    }
  });
});

describe('nobody', () => {
  it('grants a scope they lack', async () => {
    const { acme } = bench;
    const caller = { scopes: [...admin, 'content:read'] };
    const { id } = (await done(acme, 'createClient', { name: 'Weak' }, caller)).client;
    const input = { id, scopes: ['content:read', 'content:write'] };
    expect(await mutate(acme, 'grantClientScopes', input, caller)).toEqual(forbidden('content:write'));
    const create = { name: 'Strong', scopes: ['tenant:write'] };
    expect(await mutate(acme, 'createClient', create, caller)).toEqual(forbidden('tenant:write'));
    expect((await acme.run(READ, { id })).data.client).toMatchObject({ scopes: [], revision: 1 });
    expect((await acme.run('{ clients(filter: { namePrefix: "Strong" }) { totalCount } }')).data).toEqual({
      clients: { totalCount: 0 },
    });
  });

  it('gets hold of a client stronger than themselves', async () => {
    const { acme } = bench;
    const { client } = await done(acme, 'createClient', {
      name: 'Boss',
      scopes: ['tenant:write'],
      redirectUris: ['https://a.test/cb'],
    });
    const { id } = client;
    const caller = { scopes: admin };
    expect(await mutate(acme, 'addClientSecret', { id }, caller)).toEqual(forbidden('tenant:write'));
    const redirect = { id, redirectUris: ['https://evil.test/cb'] };
    expect(await mutate(acme, 'updateClient', redirect, caller)).toEqual(forbidden('tenant:write'));
    expect((await acme.run(READ, { id })).data.client).toEqual(client);
    await done(acme, 'updateClient', { id, redirectUris: [] }, caller);
    await done(acme, 'revokeClientScopes', { id, scopes: ['tenant:write'] }, caller);
    await done(acme, 'addClientSecret', { id }, caller);
  });
});

describe('grants at a resource', () => {
  it('are added, shown and taken away', async () => {
    const { acme } = bench;
    const scopes = [{ name: 'orders:read' }, { name: 'orders:write' }];
    const orders = await resourceOf(acme, { name: 'Orders', audience: 'urn:orders', scopes });
    const { id } = (await done(acme, 'createClient', { name: 'Orderer' })).client;
    const input = { id, resource: orders.id, scopes: ['orders:read', 'orders:write'] };
    const { client } = await done(acme, 'grantClientScopes', input, { scopes: admin });
    expect(client).toMatchObject({
      scopes: [],
      grants: [
        { resource: { id: orders.id, audience: 'urn:orders' }, scopes: ['orders:read', 'orders:write'] },
      ],
    });
    expect(await faultsOf(acme, 'grantClientScopes', { ...input, scopes: ['content:read'] })).toEqual([
      'INVALID scopes.0',
    ]);
    const blind = await acme.run(READ, { id }, { scopes: ['clients:read'] });
    expect(blind.data.client.grants).toEqual([{ resource: null, scopes: input.scopes }]);
    expect(blind.errors).toEqual(['FORBIDDEN This needs the scope resources:read.']);
    const left = await done(acme, 'revokeClientScopes', { ...input, scopes: ['orders:read'] });
    expect(left.client.grants[0]!.scopes).toEqual(['orders:write']);
    expect((await done(acme, 'revokeClientScopes', input)).client.grants).toEqual([]);
  });

  it('keep the resource and its scopes from being deleted', async () => {
    const { acme, globex } = bench;
    const scopes = [{ name: 'used' }, { name: 'free' }];
    const input = { name: 'Used', audience: 'urn:used', scopes };
    const [used, other] = [await resourceOf(acme, input), await resourceOf(globex, input)];
    const { id } = (await done(acme, 'createClient', { name: 'User' })).client;
    await done(acme, 'grantClientScopes', { id, resource: used.id, scopes: ['used'] });
    const remove = (name: string) =>
      acme
        .run(
          `mutation ($input: RemoveResourceScopeInput!) { removeResourceScope(input: $input) { userErrors { code path } } }`,
          { input: { id: used.id, name } },
        )
        .then(({ data }) => data.removeResourceScope.userErrors);
    const destroy = (tenant: typeof acme, resource: string) =>
      tenant
        .run(
          `mutation ($input: DeleteResourceInput!) { deleteResource(input: $input) { deletedId userErrors { code path } } }`,
          { input: { id: resource } },
        )
        .then(({ data }) => data.deleteResource);
    expect(await remove('used')).toEqual([{ code: 'IN_USE', path: ['name'] }]);
    expect(await remove('free')).toEqual([]);
    expect(await destroy(acme, used.id)).toEqual({
      deletedId: null,
      userErrors: [{ code: 'IN_USE', path: ['id'] }],
    });
    expect(await destroy(globex, other.id)).toEqual({ deletedId: other.id, userErrors: [] });
    await done(acme, 'revokeClientScopes', { id, resource: used.id, scopes: ['used'] });
    expect(await remove('used')).toEqual([]);
    expect((await destroy(acme, used.id)).deletedId).toBe(used.id);
  });

  it('are null where the resource is gone', async () => {
    const { acme } = bench;
    const gone = await resourceOf(acme, { name: 'Gone', audience: 'urn:gone', scopes: [{ name: 'x' }] });
    const { id } = (await done(acme, 'createClient', { name: 'Left' })).client;
    await done(acme, 'grantClientScopes', { id, resource: gone.id, scopes: ['x'] });
    await acme.db.collection('resources').deleteOne({ audience: 'urn:gone' });
    const { data, errors } = await acme.run(READ, { id });
    expect([data.client.grants, errors]).toEqual([[{ resource: null, scopes: ['x'] }], []]);
  });

  it('are resolved with one command, however many there are', async () => {
    const { acme } = bench;
    for (const name of ['One', 'Two', 'Three']) {
      const resource = await resourceOf(acme, { name, audience: `urn:n:${name}`, scopes: [{ name: 'x' }] });
      const { id } = (await done(acme, 'createClient', { name: `Counted ${name}` })).client;
      await done(acme, 'grantClientScopes', { id, resource: resource.id, scopes: ['x'] });
    }
    const commands: string[] = [];
    const count = ({ commandName }: { commandName: string }) => commands.push(commandName);
    acme.db.client.on('commandStarted', count);
    const { data } = await acme.run(
      '{ clients(filter: { namePrefix: "Counted" }) { nodes { name grants { resource { name } } } } }',
    );
    acme.db.client.off('commandStarted', count);
    expect(data.clients.nodes).toHaveLength(3);
    expect(commands.filter((name) => name === 'find')).toHaveLength(2);
  });
});

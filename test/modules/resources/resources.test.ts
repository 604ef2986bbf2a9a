import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeGlobalId } from '../../../src/graphql/global-id.ts';
import { type ModuleBench, openModuleBench } from '../../support/module-bench.ts';
import { addScope, create, type ResourceInput, resourceOf } from './resource-operations.ts';

let bench: ModuleBench;

beforeAll(async () => {
  bench = await openModuleBench(['resources', 'clients']);
});

afterAll(() => bench[Symbol.asyncDispose]());

const READ = `query ($id: ID!) { resource(id: $id) { id name audience scopes { name description } revision } }`;

describe('resources', () => {
  it('are created, read, changed and deleted', async () => {
    const { acme } = bench;
    const created = await resourceOf(acme, {
      name: ' Orders ',
      audience: 'https://orders.acme.test/api',
      scopes: [{ name: 'orders:read', description: 'see orders' }, { name: 'orders:write' }],
    });
    expect(created).toMatchObject({ name: 'Orders', audience: 'https://orders.acme.test/api', revision: 1 });
    expect(created.scopes).toEqual([
      { name: 'orders:read', description: 'see orders' },
      { name: 'orders:write', description: null },
    ]);

    const updated = await acme.run(
      `mutation ($input: UpdateResourceInput!) {
        updateResource(input: $input) { resource { name audience revision } userErrors { code path } }
      }`,
      { input: { id: created.id, name: 'Orders API', expectedRevision: 1 } },
    );
    expect(updated.data.updateResource).toEqual({
      resource: { name: 'Orders API', audience: 'https://orders.acme.test/api', revision: 2 },
      userErrors: [],
    });

    const removed = await acme.run(REMOVE_SCOPE, { input: { id: created.id, name: 'orders:write' } });
    expect(removed.data.removeResourceScope.resource.scopes).toEqual([{ name: 'orders:read' }]);
    const added = await acme.run(addScope, { input: { id: created.id, name: 'orders:cancel' } });
    expect(added.data.addResourceScope.resource.scopes.map(({ name }: { name: string }) => name)).toEqual([
      'orders:read',
      'orders:cancel',
    ]);

    const deleted = await acme.run(DELETE, { input: { id: created.id } });
    expect(deleted.data.deleteResource).toEqual({ deletedId: created.id, userErrors: [] });
    expect(await acme.run(READ, { id: created.id })).toEqual({
      data: { resource: null },
      errors: ['NOT_FOUND Nothing has this id.'],
    });
  });

  it('are listed by name and creation, filtered and counted', async () => {
    const { globex } = bench;
    for (const name of ['Billing', 'Archive', 'Bills']) {
      await resourceOf(globex, { name, audience: `urn:globex:${name}` });
    }
    const list = (args: string) =>
      globex
        .run(`{ resources(${args}) { totalCount nodes { name } pageInfo { hasNextPage endCursor } } }`)
        .then(({ data }) => data.resources);
    const names = (page: { nodes: { name: string }[] }) => page.nodes.map(({ name }) => name);
    expect(names(await list('first: 10'))).toEqual(['Billing', 'Archive', 'Bills']);
    const first = await list('first: 2, orderBy: { field: NAME, direction: DESC }');
    expect(names(first)).toEqual(['Bills', 'Billing']);
    expect(first.totalCount).toBe(3);
    const cursor = first.pageInfo.endCursor as string;
    expect(
      names(await list(`first: 2, after: "${cursor}", orderBy: { field: NAME, direction: DESC }`)),
    ).toEqual(['Archive']);
    const filtered = await list('filter: { namePrefix: "Bill" }');
    expect([names(filtered), filtered.totalCount]).toEqual([['Billing', 'Bills'], 2]);
    expect(names(await list('filter: { audience: "urn:globex:Archive" }'))).toEqual(['Archive']);
    expect(names(await list('filter: { namePrefix: ".*" }'))).toEqual([]);
    const foreign = await bench.acme.run(`{ resources(after: "${cursor}") { nodes { id } } }`);
    expect(foreign.errors).toEqual(['BAD_USER_INPUT This cursor belongs to another list.']);
    const byTime = Buffer.from((await list('first: 1')).pageInfo.endCursor as string, 'base64url').toString();
    for (const value of ['"abc"', 'true', '{"date":1}', '{"$gt":""}', '[]', '', `"${'x'.repeat(10_000)}"`]) {
      const forged = Buffer.from(`${byTime.slice(0, 10)}[${value},"x"]`).toString('base64url');
      const { errors } = await globex.run(`{ resources(after: "${forged}") { nodes { id } } }`);
      expect(errors, value.slice(0, 20)).toEqual(['BAD_USER_INPUT This is not a cursor.']);
    }
  });

  it('belong to one tenant on every field', async () => {
    const { acme, globex } = bench;
    const input = { name: 'Twin', audience: 'https://twin.test/api', scopes: [{ name: 'twin' }] };
    const [one, other] = [await resourceOf(acme, input), await resourceOf(globex, input)];
    expect(one.id).not.toBe(other.id);
    for (const id of [other.id, encodeGlobalId('Client', 'x'), encodeGlobalId('ApiResource', 'x'), 'x', '']) {
      const read = await acme.run(READ, { id });
      expect(read).toEqual({ data: { resource: null }, errors: ['NOT_FOUND Nothing has this id.'] });
      const node = await acme.run(`query ($id: ID!) { node(id: $id) { id } }`, { id });
      expect(node).toEqual({ data: { node: null }, errors: ['NOT_FOUND Nothing has this id.'] });
      for (const [field, more] of [
        ['updateResource', { name: 'stolen' }],
        ['addResourceScope', { name: 'stolen' }],
        ['removeResourceScope', { name: 'twin' }],
        ['deleteResource', {}],
      ] as const) {
        const type = `${field[0]!.toUpperCase()}${field.slice(1)}Input`;
        const written = await acme.run(
          `mutation ($input: ${type}!) { ${field}(input: $input) { userErrors { code } } }`,
          { input: { id, ...more } },
        );
        expect(written).toEqual({ data: { [field]: null }, errors: ['NOT_FOUND Nothing has this id.'] });
      }
    }
    expect((await globex.run(READ, { id: other.id })).data.resource).toMatchObject({
      name: 'Twin',
      revision: 1,
      scopes: [{ name: 'twin' }],
    });
    const nodes = await acme.run(`query ($ids: [ID!]!) { nodes(ids: $ids) { id } }`, {
      ids: [other.id, one.id],
    });
    expect(nodes.data.nodes).toEqual([null, { id: one.id }]);
  });

  it('ask for their scopes', async () => {
    const { acme } = bench;
    const { id } = await resourceOf(acme, { name: 'Guarded', audience: 'urn:guarded' });
    const read = await acme.run(READ, { id }, { scopes: ['resources:write', 'clients:read'] });
    expect(read).toEqual({
      data: { resource: null },
      errors: ['FORBIDDEN This needs the scope resources:read.'],
    });
    const node = await acme.run(`query ($id: ID!) { node(id: $id) { id } }`, { id }, { scopes: [] });
    expect(node.errors).toEqual(['FORBIDDEN This needs the scope resources:read.']);
    const blind = await acme.run(
      create,
      { input: { name: 'Blind', audience: 'urn:blind' } },
      { scopes: ['resources:write'] },
    );
    expect(blind.data.createResource).toEqual({ resource: null, userErrors: [] });
    expect(blind.errors).toEqual(['FORBIDDEN This needs the scope resources:read.']);
    const denied = await acme.run(DELETE, { input: { id } }, { scopes: ['resources:read'] });
    expect(denied).toEqual({
      data: { deleteResource: null },
      errors: ['FORBIDDEN This needs the scope resources:write.'],
    });
  });
});

describe('a create with an idempotency key', () => {
  const input: ResourceInput = {
    name: 'Once',
    audience: 'urn:once',
    idempotencyKey: 'k'.repeat(22),
  };

  it('answers the first resource again, in its own tenant', async () => {
    const { acme, globex } = bench;
    const [one, again] = await Promise.all([resourceOf(acme, input), resourceOf(acme, input)]);
    expect(again.id).toBe(one.id);
    expect((await resourceOf(globex, input)).id).not.toBe(one.id);
    const other = await acme.run(create, { input: { ...input, name: 'Twice' } });
    expect(other.data.createResource).toMatchObject({
      resource: null,
      userErrors: [{ code: 'CONFLICT', path: ['idempotencyKey'] }],
    });
  });

  it('wants 128 bits', async () => {
    const short = await bench.acme.run(create, { input: { ...input, idempotencyKey: 'k'.repeat(21) } });
    expect(short.data.createResource.userErrors).toMatchObject([
      { code: 'INVALID', path: ['idempotencyKey'] },
    ]);
  });
});

describe('an update', () => {
  it('answers CONFLICT at another revision and lets one of two win', async () => {
    const { acme } = bench;
    const { id } = await resourceOf(acme, { name: 'Contested', audience: 'urn:contested' });
    const rename = (name: string) =>
      acme.run(
        `mutation ($input: UpdateResourceInput!) { updateResource(input: $input) { resource { name } userErrors { code path } } }`,
        { input: { id, name, expectedRevision: 1 } },
      );
    const answers = await Promise.all(['A', 'B'].map(rename));
    const errors = answers.flatMap(({ data }) => data.updateResource.userErrors);
    expect(errors).toEqual([{ code: 'CONFLICT', path: ['expectedRevision'] }]);
  });

  it('loses nothing when many add scopes at once', async () => {
    const { acme } = bench;
    const { id } = await resourceOf(acme, { name: 'Busy', audience: 'urn:busy' });
    await Promise.all(['a', 'b', 'c'].map((name) => acme.run(addScope, { input: { id, name } })));
    const { data } = await acme.run(READ, { id });
    expect(data.resource.scopes.map(({ name }: { name: string }) => name).sort()).toEqual(['a', 'b', 'c']);
    expect(data.resource.revision).toBe(4);
  });
});

const REMOVE_SCOPE = `mutation ($input: RemoveResourceScopeInput!) {
  removeResourceScope(input: $input) { resource { scopes { name } } userErrors { code path } }
}`;

const DELETE = `mutation ($input: DeleteResourceInput!) {
  deleteResource(input: $input) { deletedId userErrors { code path } }
}`;

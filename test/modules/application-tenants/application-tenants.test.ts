import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BenchTenant, type ModuleBench, openModuleBench } from '../../support/module-bench.ts';

let bench: ModuleBench;

beforeAll(async () => {
  bench = await openModuleBench(['resources', 'clients', 'content', 'users', 'application-tenants']);
});

afterAll(() => bench[Symbol.asyncDispose]());

const FIELDS = `id identifier name status revision application { name }
  settings { theme { primaryColor } locale origins { path origin } }`;

interface Shop {
  id: string;
  identifier: string;
  status: string;
  settings: { theme: { primaryColor: string }; origins: { path: string; origin: string }[] };
}

async function mutate(tenant: BenchTenant, field: string, input: object) {
  const type = `${field[0]!.toUpperCase()}${field.slice(1)}Input`;
  const noun = field.startsWith('delete') ? 'deletedId' : `applicationTenant { ${FIELDS} }`;
  const { data, errors } = await tenant.run(
    `mutation ($input: ${type}!) { ${field}(input: $input) { ${noun} userErrors { code path } } }`,
    { input },
  );
  return { payload: data[field], errors };
}

async function done(tenant: BenchTenant, field: string, input: object): Promise<Shop> {
  const { payload, errors } = await mutate(tenant, field, input);
  expect([errors, payload?.userErrors]).toEqual([[], []]);
  return payload.applicationTenant as Shop;
}

async function application(tenant: BenchTenant, isMultiTenant = true): Promise<string> {
  const { data } = await tenant.run(
    'mutation ($is: Boolean!) { createClient(input: { name: "Shop", isMultiTenant: $is }) { client { id } } }',
    { is: isMultiTenant },
  );
  return data.createClient.client.id as string;
}

describe('application tenants', () => {
  const apps: Record<string, string> = {};

  beforeAll(async () => {
    for (const tenant of [bench.acme, bench.globex]) apps[tenant.tenant.name] = await application(tenant);
  });

  test('belong to a multi-tenant client of the same tenant, under an identifier that is its own there', async () => {
    for (const tenant of [bench.acme, bench.globex]) {
      const shop = await done(tenant, 'createApplicationTenant', {
        application: apps[tenant.tenant.name],
        identifier: 'north',
        name: 'North',
      });
      expect(shop).toMatchObject({ identifier: 'north', status: 'ACTIVE', application: { name: 'Shop' } });
      const again = await mutate(tenant, 'createApplicationTenant', {
        application: apps[tenant.tenant.name],
        identifier: 'north',
        name: 'Other',
      });
      expect(again.payload.userErrors).toEqual([{ code: 'TAKEN', path: ['identifier'] }]);
    }
    const foreign = await mutate(bench.globex, 'createApplicationTenant', {
      application: apps['acme'],
      identifier: 'south',
      name: 'South',
    });
    expect(foreign.errors).toEqual(['NOT_FOUND Nothing has this id.']);
    const single = await mutate(bench.acme, 'createApplicationTenant', {
      application: await application(bench.acme, false),
      identifier: 'south',
      name: 'South',
    });
    expect(single.payload.userErrors).toEqual([{ code: 'INVALID', path: ['application'] }]);
  });

  test.each(['No', 'north--west', 'a', 'UPPER', 'north.west', '-north'])(
    'refuse the identifier %s',
    async (identifier) => {
      const { payload } = await mutate(bench.acme, 'createApplicationTenant', {
        application: apps['acme'],
        identifier,
        name: 'X',
      });
      expect(payload.userErrors).toEqual([{ code: 'INVALID', path: ['identifier'] }]);
    },
  );

  test('inherit settings, and tell where each value comes from', async () => {
    const shop = await done(bench.acme, 'createApplicationTenant', {
      application: apps['acme'],
      identifier: 'themed',
      name: 'Themed',
      settings: { theme: { primaryColor: '#123456' } },
    });
    expect(shop.settings.theme.primaryColor).toBe('#123456');
    const origin = (path: string) => shop.settings.origins.find((each) => each.path === path)?.origin;
    expect([origin('theme.primaryColor'), origin('locale')]).toEqual(['APPLICATION_TENANT', 'PLATFORM']);
    const back = await done(bench.acme, 'updateApplicationTenant', { id: shop.id, settings: {} });
    expect(back.settings.theme.primaryColor).toBe('#2563eb');
    const wrong = await mutate(bench.acme, 'updateApplicationTenant', {
      id: shop.id,
      settings: { theme: { primaryColor: 'red' } },
    });
    expect(wrong.payload.userErrors).toEqual([
      { code: 'INVALID', path: ['settings', 'theme', 'primaryColor'] },
    ]);
  });

  test('keep their client from being deleted, and go with their users and content', async () => {
    const client = await application(bench.acme);
    const shop = await done(bench.acme, 'createApplicationTenant', {
      application: client,
      identifier: 'closing',
      name: 'Closing',
    });
    const { data } = await bench.acme.run(
      `mutation ($shop: ID!) {
        createUser(input: { email: "ada@example.com", applicationTenant: $shop }) { user { id applicationTenant { identifier } } }
        createContentType(input: { name: "Note", fields: [] }) { userErrors { code } }
      }`,
      { shop: shop.id },
    );
    expect(data.createUser.user.applicationTenant).toEqual({ identifier: 'closing' });
    const local = Buffer.from(shop.id, 'base64url').toString().split(':')[1] ?? '';
    const create =
      'mutation { createContentItem(input: { type: "Note", title: "Theirs" }) { contentItem { id } userErrors { code } } }';
    await bench.acme.run(create, {}, { applicationTenant: local });
    await bench.acme.run(create);
    const kept = await bench.acme.run(
      'mutation ($id: ID!) { deleteClient(input: { id: $id }) { deletedId userErrors { code path } } }',
      { id: client },
    );
    expect(kept.data.deleteClient.userErrors).toEqual([{ code: 'IN_USE', path: ['id'] }]);
    const gone = await mutate(bench.acme, 'deleteApplicationTenant', { id: shop.id });
    expect(gone.payload).toEqual({ deletedId: shop.id, userErrors: [] });
    const left = await bench.acme.run('{ users { totalCount } contentItems { nodes { title } } }');
    expect(left.data).toEqual({
      users: { totalCount: 0 },
      contentItems: { nodes: [{ title: 'Theirs' }] },
    });
    expect(await bench.acme.db.collection('content_items').countDocuments({ applicationTenant: local })).toBe(
      0,
    );
  });

  test('leave nothing behind of those who began to write before they were deleted', async () => {
    const shop = await done(bench.acme, 'createApplicationTenant', {
      application: apps['acme'],
      identifier: 'leaving',
      name: 'Leaving',
    });
    const local = Buffer.from(shop.id, 'base64url').toString().split(':')[1] ?? '';
    const createUser = (name: string) =>
      bench.acme.run(
        `mutation ($email: String!, $shop: ID!) {
          createUser(input: { email: $email, applicationTenant: $shop }) { user { email } }
        }`,
        { email: `${name}@example.com`, shop: shop.id },
      );
    const createItem = (title: string) =>
      bench.acme.run(
        `mutation ($title: String!) {
          createContentItem(input: { type: "Note", title: $title }) { contentItem { id } }
        }`,
        { title },
        { applicationTenant: local },
      );
    const rows = async () => {
      const counts = ['users', 'content_items'].map((name) =>
        bench.acme.db.collection(name).countDocuments({ applicationTenant: local }),
      );
      return Promise.all(counts);
    };
    expect((await createUser('early')).errors).toEqual([]);
    expect((await createItem('Early')).errors).toEqual([]);
    expect(await rows()).toEqual([1, 1]);
    // As another node left it that was cut off between the mark and the removal.
    await bench.acme.db
      .collection<{ _id: string }>('application_tenants')
      .updateOne({ _id: local }, { $set: { status: 'DELETING' } });
    const refused = ['NOT_FOUND Nothing has this id.'];
    expect((await createUser('late')).errors).toEqual(refused);
    expect((await createItem('Late')).errors).toEqual(refused);
    expect(await rows()).toEqual([1, 1]);
    const racing = Array.from({ length: 10 }, (_, index) => createUser(`racing-${index}`));
    expect((await mutate(bench.acme, 'deleteApplicationTenant', { id: shop.id })).payload.userErrors).toEqual(
      [],
    );
    await Promise.all(racing);
    expect(await rows()).toEqual([0, 0]);
  });

  test('are not to be seen by those confined to one', async () => {
    const { data, errors } = await bench.acme.run(
      '{ applicationTenants { totalCount } }',
      {},
      { applicationTenant: 'north', scopes: ['content:read', 'users:read'] },
    );
    expect([data.applicationTenants, errors]).toEqual([
      null,
      ['FORBIDDEN This needs the scope application-tenants:read.'],
    ]);
  });

  test('are told of neither by the users somebody else may see nor by those they make', async () => {
    const [east, west] = await Promise.all(
      ['east', 'west'].map((identifier) =>
        done(bench.acme, 'createApplicationTenant', {
          application: apps['acme'],
          identifier,
          name: `Shop ${identifier}`,
        }),
      ),
    );
    const confined = {
      applicationTenant: Buffer.from(east!.id, 'base64url').toString().split(':')[1]!,
      scopes: ['users:read', 'users:write'],
    };
    const create = (email: string, shop: string, caller: object) =>
      bench.acme.run(
        `mutation ($email: String!, $shop: ID!) {
          createUser(input: { email: $email, applicationTenant: $shop }) { user { email } }
        }`,
        { email, shop },
        caller,
      );
    // Of another one, of nothing: alike, and nobody is made.
    const nothing = Buffer.from('ApplicationTenant:0196a5c0-0000-7000-8000-000000000000').toString(
      'base64url',
    );
    for (const shop of [west!.id, nothing]) {
      expect(await create('eve@example.com', shop, confined)).toEqual({
        data: { createUser: null },
        errors: ['NOT_FOUND Nothing has this id.'],
      });
    }
    expect(await bench.acme.db.collection('users').countDocuments({ email: 'eve@example.com' })).toBe(0);
    const own = await create('own@example.com', east!.id, confined);
    expect(own).toEqual({ data: { createUser: { user: { email: 'own@example.com' } } }, errors: [] });
    // A user does not lead to what asks for a scope of its own.
    const { data, errors } = await bench.acme.run(
      '{ users(filter: { email: "own@example.com" }) { nodes { applicationTenant { name } } } }',
      {},
      { scopes: ['users:read'] },
    );
    expect([JSON.stringify(data).includes('Shop'), errors]).toEqual([
      false,
      ['FORBIDDEN This needs the scope application-tenants:read.'],
    ]);
  });
});

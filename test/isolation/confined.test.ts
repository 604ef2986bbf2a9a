import {
  getNamedType,
  type GraphQLField,
  type GraphQLInputType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CONFINED_SCOPES, TENANT_SCOPES } from '../../src/auth/scopes.ts';
import { createTenantSchemas } from '../../src/graphql/tenant-schemas.ts';
import { modules } from '../../src/modules/index.ts';
import '../../src/options.ts';
import { type BenchTenant, type ModuleBench, openModuleBench } from '../support/module-bench.ts';

/**
 * Callers confined to one application tenant, against every field there is: whatever they name, they are answered
 * nothing of another one, of the tenant itself or of another tenant, and change nothing of theirs.
 */
const enabled = modules.filter(({ isAlwaysOn }) => !isAlwaysOn).map(({ id }) => id);
const schema = createTenantSchemas(modules).superset;

const PLACES = ['north', 'south', null] as const;
type Place = (typeof PLACES)[number];

let bench: ModuleBench;
/** Ids of what each place of each tenant has, by a name like `acme south`. */
const ids = new Map<string, string[]>();
/** Local ids of application tenants. */
const shops = new Map<string, string>();

const markerOf = (tenant: BenchTenant, place: Place) => `canary${tenant.tenant.name}${place ?? 'own'}`;

beforeAll(async () => {
  bench = await openModuleBench(enabled);
  for (const tenant of [bench.acme, bench.globex]) {
    const run = async (query: string, variables: object = {}, applicationTenant: string | null = null) => {
      const { data, errors } = await tenant.run(query, variables, { applicationTenant });
      expect(errors).toEqual([]);
      return data;
    };
    const shared = await run(`mutation {
      createClient(input: { name: "App", isMultiTenant: true }) { client { id } }
      createResource(input: { name: "Api", audience: "https://api.example" }) { resource { id } }
      createContentType(input: { name: "Note", fields: [{ name: "next", kind: REFERENCE, referenceTo: "Note" }] }) { contentType { id } }
    }`);
    const application = shared.createClient.client.id as string;
    ids.set(`${tenant.tenant.name} shared`, [
      application,
      shared.createResource.resource.id,
      shared.createContentType.contentType.id,
    ]);
    for (const place of PLACES) {
      const marker = markerOf(tenant, place);
      const own: string[] = [];
      if (place !== null) {
        const { createApplicationTenant: made } = await run(
          `mutation ($application: ID!, $identifier: String!, $name: String!) {
            createApplicationTenant(input: { application: $application, identifier: $identifier, name: $name }) { applicationTenant { id } }
          }`,
          { application, identifier: place, name: marker },
        );
        const id = made.applicationTenant.id as string;
        own.push(id);
        shops.set(`${tenant.tenant.name} ${place}`, Buffer.from(id, 'base64url').toString().split(':')[1]!);
      }
      const confined = place === null ? null : shops.get(`${tenant.tenant.name} ${place}`)!;
      const made = await run(
        `mutation ($email: String!, $name: String!) {
          createUser(input: { email: $email, name: $name }) { user { id } }
          createContentItem(input: { type: "Note", slug: "same", title: $name }) { contentItem { id } }
        }`,
        { email: 'same@example.com', name: marker },
        confined,
      );
      own.push(made.createUser.user.id, made.createContentItem.contentItem.id);
      ids.set(`${tenant.tenant.name} ${place}`, own);
    }
  }
});

afterAll(() => bench[Symbol.asyncDispose]());

/** Everything flat below a type, and one level of objects. */
function selectionOf(outer: Parameters<typeof getNamedType>[0], depth = 0): string {
  const type = getNamedType(outer);
  if (type?.name === 'Node') return '{ __typename id }';
  if (!isObjectType(type)) return '';
  const fields = Object.values(type.getFields()).flatMap((field) => {
    if (field.args.some((argument) => isNonNullType(argument.type))) return [];
    const inner = getNamedType(field.type);
    if (!isObjectType(inner)) return inner.name === 'Node' ? [] : [field.name];
    return depth >= 3 ? [] : [`${field.name} ${selectionOf(field.type, depth + 1)}`];
  });
  return `{ __typename ${fields.join(' ')} }`;
}

/** A value of a type in which every id is `id`. */
function valueOf(type: GraphQLInputType, name: string, id: string): unknown {
  if (isNonNullType(type)) return valueOf(type.ofType as GraphQLInputType, name, id);
  if (isListType(type)) return [valueOf(type.ofType as GraphQLInputType, name, id)];
  if (isInputObjectType(type)) {
    // What need not be given is given only where it is an id.
    const given = Object.values(type.getFields()).filter(
      (field) => isNonNullType(field.type) || getNamedType(field.type).name === 'ID',
    );
    return Object.fromEntries(given.map((field) => [field.name, valueOf(field.type, field.name, id)]));
  }
  if (isEnumType(type)) return type.getValues()[0]?.name;
  switch (type.name) {
    case 'ID':
      return id;
    case 'Int':
    case 'Float':
      return 1;
    case 'Boolean':
      return true;
    case 'DateTime':
      return '2030-01-01T00:00:00Z';
    case 'JSON':
      return { next: id };
  }
  const texts: Record<string, string> = {
    type: 'Note',
    slug: 'same',
    locale: 'en',
    email: 'new@example.com',
  };
  return texts[name] ?? 'content:read';
}

function callOf(root: 'query' | 'mutation', field: GraphQLField<unknown, unknown>, id: string) {
  const given = field.args.filter(
    (argument) => isNonNullType(argument.type) || getNamedType(argument.type).name === 'ID',
  );
  const declared = given.map((argument) => `$${argument.name}: ${String(argument.type)}`).join(', ');
  const passed = given.map((argument) => `${argument.name}: $${argument.name}`).join(', ');
  return {
    document: `${root} ${declared === '' ? '' : `(${declared})`} { ${field.name}${passed === '' ? '' : `(${passed})`} ${selectionOf(field.type)} }`,
    variables: Object.fromEntries(
      given.map((argument) => [argument.name, valueOf(argument.type, argument.name, id)]),
    ),
  };
}

/** Everything that is not the caller's own, of both tenants, as text. */
async function othersOf(shop: string): Promise<string> {
  const all = await Promise.all(
    [bench.acme, bench.globex].map(async ({ db }) => {
      const names = (await db.listCollections({}, { nameOnly: true }).toArray())
        .map(({ name }) => name)
        .sort();
      const documents = await Promise.all(
        names.map((name) =>
          db
            .collection(name)
            .find({ applicationTenant: { $ne: shop } })
            .sort({ _id: 1 })
            .toArray(),
        ),
      );
      return names.map((name, index) => [name, documents[index]]);
    }),
  );
  return JSON.stringify(all);
}

const queries = Object.values(schema.getQueryType()?.getFields() ?? {});
const mutations = Object.values(schema.getMutationType()?.getFields() ?? {});
/** They write to the tenant's record through a port this bench does not have; whom they let in is tried over HTTP. */
const OF_THE_RECORD = new Set(
  modules
    .filter(({ id }) => id === 'core' || id === 'settings')
    .flatMap(({ rules }) => Object.keys(rules['Mutation'] ?? {})),
);

const FOREIGN = ['acme south', 'acme null', 'acme shared', 'globex north', 'globex null'];

describe.each([
  ['the scopes somebody confined can hold', [...CONFINED_SCOPES]],
  ['every scope there is, as if the first wall had fallen', TENANT_SCOPES],
] as const)('with %s', (_what, scopes) => {
  const caller = () => ({ applicationTenant: shops.get('acme north')!, scopes });

  test.each(queries.map((field) => [field.name, field] as const))(
    '%s shows nothing of others',
    async (_name, field) => {
      for (const foreign of ['acme north', ...FOREIGN]) {
        for (const id of ids.get(foreign) ?? []) {
          const { document, variables } = callOf('query', field, id);
          const { data } = await bench.acme.run(document, variables, caller());
          const text = JSON.stringify(data);
          for (const other of ['canaryacmesouth', 'canaryacmeown', 'canaryglobex']) {
            expect([field.name, foreign, text.includes(other)]).toEqual([field.name, foreign, false]);
          }
        }
      }
    },
  );

  test.each(
    mutations.filter(({ name }) => !OF_THE_RECORD.has(name)).map((field) => [field.name, field] as const),
  )('%s changes nothing of others', async (_name, field) => {
    const before = await othersOf(caller().applicationTenant);
    for (const foreign of FOREIGN) {
      for (const id of ids.get(foreign) ?? []) {
        const { document, variables } = callOf('mutation', field, id);
        const { data } = await bench.acme.run(document, variables, caller());
        expect(JSON.stringify(data)).not.toMatch(/canaryacmesouth|canaryacmeown|canaryglobex/);
      }
    }
    expect(await othersOf(caller().applicationTenant)).toBe(before);
  });
});

test('whose own is seen and changed, so that the calls above ask for something', async () => {
  const caller = { applicationTenant: shops.get('acme north')!, scopes: [...CONFINED_SCOPES] };
  const [, user, item] = ids.get('acme north')!;
  const read = await bench.acme.run(
    `query ($user: ID!, $item: ID!) {
      user(id: $user) { name } contentItem(id: $item) { title } users { totalCount } contentItems { totalCount }
      contentItemBySlug(type: "Note", slug: "same", locale: "en") { title }
    }`,
    { user, item },
    caller,
  );
  expect(read.data).toMatchObject({
    user: { name: 'canaryacmenorth' },
    contentItem: { title: 'canaryacmenorth' },
    contentItemBySlug: { title: 'canaryacmenorth' },
  });
  const written = await bench.acme.run(
    `mutation ($user: ID!, $item: ID!) {
      updateUser(input: { id: $user, name: "canaryacmenorth again" }) { user { name } }
      updateContentItem(input: { id: $item, title: "canaryacmenorth again" }) { contentItem { title } }
    }`,
    { user, item },
    caller,
  );
  expect(written.errors).toEqual([]);
});

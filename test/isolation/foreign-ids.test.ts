import { getNamedType, type GraphQLSchema, isObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PLACEMENT_MODES } from '../../src/tenancy/tenant.ts';
import { addSecondCluster, SECOND, startGateway, type TestGateway } from '../support/gateway.ts';
import type { GraphQLReply } from '../support/request.ts';
import { idArguments } from './id-arguments.ts';
import { dump, type Ids, openWorld, type World } from './world.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway();
  await addSecondCluster(gateway);
});

afterAll(() => gateway[Symbol.asyncDispose]());

/** What a path is filled with: the caller's own, the other tenant's, and one nobody has. */
type Pick = (ids: Ids) => unknown;

interface Call {
  /** Arguments that work, all of them the caller's own. */
  own: (ids: Ids) => Record<string, unknown>;
  /** By path below the field: what of the other tenant's is put there. */
  probes: Record<string, Pick>;
}

const input = (own: (ids: Ids) => object) => (ids: Ids) => ({ input: own(ids) });
const list = (name: keyof Ids['cursors'], extra: Record<string, Pick> = {}): Call => ({
  own: () => ({ first: 10 }),
  probes: { after: ({ cursors }) => cursors[name], before: ({ cursors }) => cursors[name], ...extra },
});
const byId = (kind: keyof Ids, more: object = {}): Call => ({
  own: input((ids) => ({ id: ids[kind], ...more })),
  probes: { 'input.id': (ids) => ids[kind] },
});

/** Every field that takes an id. One that is added to the schema belongs here. */
const CALLS: Record<string, Call> = {
  node: { own: ({ item }) => ({ id: item }), probes: { id: ({ item }) => item } },
  nodes: {
    own: ({ item, client }) => ({ ids: [item, client] }),
    probes: {
      ids: ({ item, client, resource, type, deletedItem }) => [item, client, resource, type, deletedItem],
    },
  },
  client: { own: ({ client }) => ({ id: client }), probes: { id: ({ client }) => client } },
  resource: { own: ({ resource }) => ({ id: resource }), probes: { id: ({ resource }) => resource } },
  contentItem: { own: ({ item }) => ({ id: item }), probes: { id: ({ item }) => item } },
  contentItemBySlug: {
    own: ({ typeName, slug }) => ({ type: typeName, slug }),
    probes: { type: ({ typeName }) => typeName, slug: ({ slug }) => slug },
  },
  contentType: { own: ({ typeName }) => ({ name: typeName }), probes: { name: ({ typeName }) => typeName } },
  clients: list('clients'),
  resources: list('resources', { 'filter.audience': ({ audience }) => audience }),
  contentTypes: list('contentTypes'),
  contentItems: {
    own: ({ typeName }) => ({ first: 10, filter: { type: typeName } }),
    probes: {
      after: ({ cursors }) => cursors.contentItems,
      before: ({ cursors }) => cursors.contentItems,
      'filter.type': ({ typeName }) => typeName,
      'filter.slug': ({ slug }) => slug,
      'filter.fields.condition.reference.equals': ({ item }) => [
        { field: 'next', condition: { reference: { equals: item } } },
      ],
      'filter.fields.condition.reference.in': ({ item, deletedItem }) => [
        { field: 'next', condition: { reference: { in: [item, deletedItem] } } },
      ],
    },
  },
  createContentItem: {
    own: input(({ typeName }) => ({ type: typeName, title: 'Probe', data: {} })),
    probes: {
      'input.type': ({ typeName }) => typeName,
      'input.slug': ({ slug }) => `${slug}-probe`,
      'input.data': ({ item }) => ({ next: item }),
    },
  },
  updateContentItem: {
    own: input(({ item }) => ({ id: item, title: 'Probe' })),
    probes: {
      'input.id': ({ item }) => item,
      'input.data': ({ item }) => ({ next: item }),
      'input.slug': ({ slug }) => `${slug}-probe`,
    },
  },
  publishContentItem: byId('item'),
  unpublishContentItem: byId('item'),
  deleteContentItem: byId('item'),
  restoreContentItem: {
    own: input(({ deletedItem }) => ({ id: deletedItem })),
    probes: { 'input.id': ({ deletedItem }) => deletedItem, 'input.slug': ({ slug }) => `${slug}-probe` },
  },
  createContentType: {
    own: input(() => ({ name: `Probe${(created += 1)}`, fields: [] })),
    probes: {
      'input.fields.referenceTo': ({ typeName }) => [
        { name: 'other', kind: 'REFERENCE', referenceTo: typeName },
      ],
    },
  },
  updateContentType: {
    own: input(({ type }) => ({ id: type, description: 'Probe' })),
    probes: {
      'input.id': ({ type }) => type,
      'input.fields.referenceTo': ({ typeName }) => [
        { name: 'body', kind: 'TEXT' },
        { name: 'next', kind: 'REFERENCE', referenceTo: typeName },
      ],
    },
  },
  deleteContentType: byId('type'),
  updateClient: byId('client', { description: 'Probe' }),
  deleteClient: byId('client'),
  addClientSecret: byId('client'),
  revokeClientSecret: {
    own: input(({ client, secret }) => ({ id: client, secretId: secret })),
    probes: { 'input.id': ({ client }) => client, 'input.secretId': ({ secret }) => secret },
  },
  grantClientScopes: {
    own: input(({ client }) => ({ id: client, scopes: ['content:read'] })),
    probes: { 'input.id': ({ client }) => client, 'input.resource': ({ resource }) => resource },
  },
  revokeClientScopes: {
    own: input(({ client }) => ({ id: client, scopes: ['content:read'] })),
    probes: { 'input.id': ({ client }) => client, 'input.resource': ({ resource }) => resource },
  },
  createResource: {
    own: input(() => ({ name: 'Probe', audience: `https://probe-${(created += 1)}.example` })),
    probes: { 'input.audience': ({ audience }) => `${audience}/probe` },
  },
  updateResource: {
    own: input(({ resource }) => ({ id: resource, name: 'Probe' })),
    probes: {
      'input.id': ({ resource }) => resource,
      'input.audience': ({ audience }) => `${audience}/probe`,
    },
  },
  deleteResource: byId('resource'),
  addResourceScope: byId('resource', { name: 'probe:read' }),
  removeResourceScope: byId('resource', { name: 'probe:read' }),
};

let created = 0;

/** Ids that are the same in every tenant: those of modules. */
const SHARED = ['enableModule.input.id', 'disableModule.input.id'];

test('the table covers every argument of the schema that can name something', () => {
  const covered = Object.entries(CALLS).flatMap(([field, { probes }]) =>
    Object.keys(probes).map((path) => `${field}.${path}`),
  );
  expect([...covered, ...SHARED].sort()).toEqual(idArguments(gateway.app.schemas.superset).sort());
});

/** Ids in the form of real ones that nobody has. */
function missing(ids: Ids): Ids {
  const global = (id: string) => {
    const [typename] = Buffer.from(id, 'base64url').toString().split(':');
    return Buffer.from(`${typename}:00000000-0000-7000-8000-000000000000`).toString('base64url');
  };
  const { client, resource, item, deletedItem, type } = ids;
  const nowhere = Buffer.from('nowhere-at-all["x","y"]').toString('base64url');
  return {
    client: global(client),
    secret: '00000000-0000-7000-8000-000000000000',
    resource: global(resource),
    item: global(item),
    deletedItem: global(deletedItem),
    type: global(type),
    slug: 'nobody-has-this-slug',
    typeName: 'NobodyHasThisType',
    audience: 'https://nobody.example/api',
    cursors: { clients: nowhere, resources: nowhere, contentItems: nowhere, contentTypes: nowhere },
  };
}

/** Puts a value at `input.filter.x`; a path that leads through a list is given the whole list, at the list's place. */
function withValue(own: Record<string, unknown>, path: string, value: unknown): Record<string, unknown> {
  const [first = '', ...rest] = path.split('.');
  const isHere = rest.length === 0 || (first === 'fields' && Array.isArray(value));
  const before = (own[first] ?? {}) as Record<string, unknown>;
  return { ...own, [first]: isHere ? value : withValue(before, rest.join('.'), value) };
}

/** A document that calls one field with all it is given and asks for everything flat that comes back. */
function documentOf(schema: GraphQLSchema, name: string): string {
  const query = schema.getQueryType()?.getFields()[name];
  const field = query ?? schema.getMutationType()?.getFields()[name];
  if (field === undefined) throw new Error(`no field ${name}`);
  const variables = field.args.map((argument) => `$${argument.name}: ${String(argument.type)}`).join(', ');
  const values = field.args.map((argument) => `${argument.name}: $${argument.name}`).join(', ');
  return `${query ? 'query' : 'mutation'} (${variables}) { ${name}(${values}) ${selectionOf(schema, field.type)} }`;
}

function selectionOf(schema: GraphQLSchema, outer: Parameters<typeof getNamedType>[0], depth = 0): string {
  const type = getNamedType(outer);
  if (type?.name === 'Node') return '{ __typename id }';
  if (!isObjectType(type)) return '';
  const inner = Object.values(type.getFields()).flatMap((field) => {
    const of = getNamedType(field.type);
    if (field.args.length > 0) return [];
    if (!isObjectType(of)) return of.name === 'Node' ? [] : [field.name];
    return depth >= 2 ? [] : [`${field.name} ${selectionOf(schema, field.type, depth + 1)}`];
  });
  return `{ ${['__typename', ...inner].join(' ')} }`;
}

/** An answer without what differs from one request to the next; made alike where a create answers what is new. */
function comparable(reply: GraphQLReply): unknown {
  const text = JSON.stringify({ status: reply.status, data: reply.data, errors: reply.errors });
  return JSON.parse(
    text
      .replace(/"requestId":"[^"]*"/g, '"requestId":"…"')
      .replace(/"(id|clientId|cursor|startCursor|endCursor)":"[^"]*"/g, '"$1":"…"')
      .replace(/"(createdAt|updatedAt)":"[^"]*"/g, '"$1":"…"'),
  );
}

describe.each(PLACEMENT_MODES)('in mode %s', (mode) => {
  let acme: World;
  let globex: World;

  beforeAll(async () => {
    const suffix = mode.toLowerCase();
    acme = await openWorld(gateway, `acme-${suffix}`, mode);
    globex = await openWorld(gateway, `globex-${suffix}`, mode);
  });

  const probes = Object.entries(CALLS).flatMap(([field, call]) =>
    Object.entries(call.probes).map(([path, pick]) => ({
      name: `${field}.${path}`,
      field,
      call,
      path,
      pick,
    })),
  );

  /** Names a caller chooses: the other tenant's choice must not keep it from the same one (see the last test). */
  const CHOSEN = /^(create|update|restore)\w+\.input\.(slug|audience)$/;

  test.each(probes.filter(({ name }) => !CHOSEN.test(name)))(
    '$name: what the other tenant has is what nobody has',
    async ({ field, call, path, pick }) => {
      const document = documentOf(gateway.app.schemas.superset, field);
      const [ofAcme, ofGlobex] = [await dump(acme), await dump(globex)];
      const foreign = await acme.run(document, withValue(call.own(acme.ids), path, pick(globex.ids)));
      expect(await dump(globex)).toEqual(ofGlobex);
      const isWrite = document.startsWith('mutation');
      if (isWrite) expect(await dump(acme)).toEqual(ofAcme);
      const nobodys = await acme.run(document, withValue(call.own(acme.ids), path, pick(missing(acme.ids))));
      expect(comparable(foreign)).toEqual(comparable(nobodys));
      expect(foreign.status).toBeLessThan(500);
      expect(JSON.stringify(foreign)).not.toContain(globex.identifier);
      expect(foreign.errors?.map(({ extensions }) => extensions.code) ?? []).not.toContain(
        'GRAPHQL_VALIDATION_FAILED',
      );
    },
  );

  test('works with what is the own, so that the probes above ask for something', async () => {
    const initech = await openWorld(gateway, `initech-${mode.toLowerCase()}`, mode, SECOND);
    const isDelete = (field: string) => field.startsWith('delete');
    // What deletes comes last: an item before its type, a client before what it was granted.
    const order = Object.keys(CALLS).sort((one, other) => Number(isDelete(one)) - Number(isDelete(other)));
    for (const field of order) {
      const { data, errors } = await initech.run(
        documentOf(gateway.app.schemas.superset, field),
        CALLS[field]!.own(initech.ids),
      );
      expect([field, errors]).toEqual([field, undefined]);
      expect(data?.[field]).toBeTruthy();
      const { userErrors = [] } = data?.[field] as { userErrors?: { code: string }[] };
      // The type has a restored item by now, and the client is granted scopes of the resource.
      expect([field, userErrors.filter(({ code }) => !isDelete(field) || code !== 'IN_USE')]).toEqual([
        field,
        [],
      ]);
    }
    for (const [list, after] of Object.entries(acme.ids.cursors)) {
      const { errors } = await acme.run(documentOf(gateway.app.schemas.superset, list), {
        ...CALLS[list]!.own(acme.ids),
        after,
      });
      expect([list, errors]).toEqual([list, undefined]);
    }
  });

  test('what the other tenant has chosen is free here: slug, audience, type, names', async () => {
    const type = await acme.run(
      'mutation ($name: String!) { createContentType(input: { name: $name, fields: [] }) { contentType { name } userErrors { code } } }',
      { name: globex.ids.typeName },
    );
    expect(type.data).toEqual({
      createContentType: { contentType: { name: globex.ids.typeName }, userErrors: [] },
    });
    const item = await acme.run(
      `mutation ($type: String!, $slug: String!) { createContentItem(input: { type: $type, slug: $slug, title: "Mine", data: {} }) {
        contentItem { slug title } userErrors { code } } }`,
      { type: globex.ids.typeName, slug: globex.ids.slug },
    );
    expect(item.data).toEqual({
      createContentItem: { contentItem: { slug: globex.ids.slug, title: 'Mine' }, userErrors: [] },
    });
    const resource = await acme.run(
      'mutation ($audience: String!) { createResource(input: { name: "Mine", audience: $audience }) { resource { audience } userErrors { code } } }',
      { audience: globex.ids.audience },
    );
    expect(resource.data).toEqual({
      createResource: { resource: { audience: globex.ids.audience }, userErrors: [] },
    });
    const theirs = await globex.run(
      'query ($type: String!, $slug: String!) { contentItemBySlug(type: $type, slug: $slug) { title } }',
      { type: globex.ids.typeName, slug: globex.ids.slug },
    );
    expect(theirs.data).toEqual({ contentItemBySlug: { title: `${globex.identifier} first` } });
  });
});

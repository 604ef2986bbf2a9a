import { mongo } from 'mongoose';
import type { PlacementMode } from '../../src/tenancy/tenant.ts';
import type { TenantRecord } from '../../src/control-plane/tenant-record.ts';
import type { TestGateway } from '../support/gateway.ts';
import { secondMongodbUri } from '../support/mongodb-uri.ts';
import { createTenant } from '../support/platform.ts';
import { graphql, type GraphQLReply } from '../support/request.ts';

/** A tenant with something of every kind. Every text of its own holds its identifier, so that a leak can be seen. */
export interface World {
  identifier: string;
  token: string;
  record: TenantRecord;
  db: mongo.Db;
  ids: Ids;
  run(query: string, variables?: object): Promise<GraphQLReply>;
}

/** What a caller can name. */
export interface Ids {
  client: string;
  secret: string;
  resource: string;
  item: string;
  deletedItem: string;
  type: string;
  slug: string;
  typeName: string;
  audience: string;
  cursors: Record<'clients' | 'resources' | 'contentItems' | 'contentTypes', string>;
}

/** `cluster`: for the modes that share one; the first cluster when absent. A deployment of its own is the second server. */
export async function openWorld(
  gateway: TestGateway,
  identifier: string,
  mode: PlacementMode,
  cluster = 'default',
): Promise<World> {
  const { tenant, bootstrap } = await createTenant(gateway, {
    identifier,
    name: `The ${identifier} company`,
    placement: { mode, ...(mode === 'DEDICATED' ? { connectionString: secondMongodbUri() } : { cluster }) },
  });
  const record = await gateway.app.platform.control.tenants.findOne({ _id: tenant?.id ?? '' });
  if (record === null || bootstrap === null) throw new Error(`${identifier} was not created`);
  const run = (query: string, variables: object = {}) =>
    graphql({
      port: gateway.port,
      path: `/t/${identifier}/graphql`,
      token: bootstrap.accessToken,
      query,
      variables,
    });
  return {
    identifier,
    token: bootstrap.accessToken,
    record,
    db: await gateway.databases.of(record),
    ids: await seed(identifier, run),
    run,
  };
}

/** Everything a tenant has stored, by collection. */
export async function dump({ db, record }: World): Promise<Record<string, mongo.Document[]>> {
  const { prefix } = record.placement;
  const all = await db.listCollections({}, { nameOnly: true }).toArray();
  const own = all.map(({ name }) => name).filter((name) => name.startsWith(prefix));
  const documents = await Promise.all(
    own.map((name) => db.collection(name).find({}).sort({ _id: 1 }).toArray()),
  );
  return Object.fromEntries(own.map((name, index) => [name.slice(prefix.length), documents[index] ?? []]));
}

/** Puts everything of one tenant into another one, under the very same object ids, in the other one's words. */
export async function copyWorld(from: World, to: World): Promise<void> {
  for (const [name, documents] of Object.entries(await dump(from))) {
    const foreign = documents.filter(({ name: of }) => of !== 'Administrator');
    if (name === '_tenant' || foreign.length === 0) continue;
    const text = mongo.BSON.EJSON.stringify(foreign).replaceAll(from.identifier, to.identifier);
    const collection = to.db.collection(to.record.placement.prefix + name);
    await collection.deleteMany({ name: { $ne: 'Administrator' } });
    await collection.insertMany(mongo.BSON.EJSON.parse(text) as mongo.Document[]);
  }
}

async function seed(identifier: string, run: World['run']): Promise<Ids> {
  async function make<T>(mutation: string, input: object, selection: string): Promise<T> {
    const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`;
    const { data, errors } = await run(
      `mutation ($input: ${type}!) { ${mutation}(input: $input) { ${selection} userErrors { code message path } } }`,
      { input },
    );
    const payload = data?.[mutation] as { userErrors: unknown[] } | undefined;
    if (payload === undefined || payload.userErrors.length > 0) {
      throw new Error(`${mutation}: ${JSON.stringify([errors, payload])}`);
    }
    return payload as T;
  }
  const audience = `https://${identifier}.example/api`;
  const { resource } = await make<{ resource: { id: string } }>(
    'createResource',
    { name: `${identifier} orders`, audience, scopes: [{ name: `${identifier}:read` }] },
    'resource { id }',
  );
  const { client } = await make<{ client: { id: string; secrets: { id: string }[] } }>(
    'createClient',
    { name: `${identifier} shop`, scopes: ['content:read'] },
    'client { id secrets { id } }',
  );
  await make('addClientSecret', { id: client.id }, 'secret');
  await make(
    'grantClientScopes',
    { id: client.id, resource: resource.id, scopes: [`${identifier}:read`] },
    'client { id }',
  );
  const typeName = `Article${identifier.replaceAll('-', '')}`;
  const { contentType } = await make<{ contentType: { id: string } }>(
    'createContentType',
    {
      name: typeName,
      fields: [
        { name: 'body', kind: 'TEXT' },
        { name: 'next', kind: 'REFERENCE', referenceTo: typeName },
      ],
    },
    'contentType { id }',
  );
  const createItem = async (title: string, data: object) =>
    (
      await make<{ contentItem: { id: string; slug: string } }>(
        'createContentItem',
        { type: typeName, title, data, slug: title.toLowerCase().replaceAll(' ', '-'), locale: 'en' },
        'contentItem { id slug }',
      )
    ).contentItem;
  const deleted = await createItem(`${identifier} gone`, { body: identifier });
  const second = await createItem(`${identifier} second`, { body: identifier, next: deleted.id });
  const item = await createItem(`${identifier} first`, { body: `${identifier} text`, next: second.id });
  await make('deleteContentItem', { id: deleted.id }, 'deletedId');
  await make('publishContentItem', { id: item.id }, 'contentItem { id }');
  const { data } =
    await run(`{ clients { edges { cursor node { id secrets { id } } } } resources { edges { cursor } }
    contentItems { edges { cursor } } contentTypes { edges { cursor } } }`);
  type Edges = { edges: { cursor: string; node?: { id: string; secrets: { id: string }[] } }[] };
  const lists = data as Record<keyof Ids['cursors'], Edges>;
  const cursor = (list: keyof Ids['cursors']) => lists[list].edges[0]?.cursor ?? '';
  const secret = lists.clients.edges.find(({ node }) => node?.id === client.id)?.node?.secrets[0]?.id ?? '';
  return {
    client: client.id,
    secret,
    resource: resource.id,
    item: item.id,
    deletedItem: deleted.id,
    type: contentType.id,
    slug: item.slug,
    typeName,
    audience,
    cursors: {
      clients: cursor('clients'),
      resources: cursor('resources'),
      contentItems: cursor('contentItems'),
      contentTypes: cursor('contentTypes'),
    },
  };
}

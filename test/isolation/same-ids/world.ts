import { mongo } from 'mongoose';
import type { PlacementMode } from '../../../src/tenancy/tenant.ts';
import type { TenantRecord } from '../../../src/control-plane/tenant-record.ts';
import type { TestGateway } from '../../support/gateway.ts';
import { secondMongodbUri } from '../../support/mongodb-uri.ts';
import { createTenant } from '../../support/platform.ts';
import { graphql, type GraphQLReply } from '../../support/request.ts';

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
  resource: string;
  item: string;
  deletedItem: string;
  type: string;
  slug: string;
  typeName: string;
  audience: string;
  clientsCursor: string;
}

export interface Place {
  mode: PlacementMode;
  /** For the modes that share one; a deployment of its own is the second server. */
  cluster: string;
}

/** Makes a tenant with something of every kind. */
export async function openWorld(gateway: TestGateway, identifier: string, place: Place): Promise<World> {
  const tenant = await openTenant(gateway, identifier, place);
  return { ...tenant, ids: await seed(identifier, tenant.run) };
}

/** Makes a tenant with everything another one has, under the very same object ids, in words of its own. */
export async function openCopy(
  gateway: TestGateway,
  of: World,
  identifier: string,
  place: Place,
): Promise<World> {
  const tenant = await openTenant(gateway, identifier, place);
  await copyDocuments(of, tenant);
  const ids = JSON.parse(JSON.stringify(of.ids).replaceAll(of.identifier, identifier)) as Ids;
  return { ...tenant, ids: { ...ids, clientsCursor: await clientsCursor(tenant.run) } };
}

type Tenant = Omit<World, 'ids'>;

async function openTenant(
  gateway: TestGateway,
  identifier: string,
  { mode, cluster }: Place,
): Promise<Tenant> {
  const { tenant, bootstrap, reply } = await createTenant(gateway, {
    identifier,
    name: `The ${identifier} company`,
    placement: { mode, ...(mode === 'DEDICATED' ? { connectionString: secondMongodbUri() } : { cluster }) },
  });
  const record = await gateway.app.platform.control.tenants.findOne({ _id: tenant?.id ?? '' });
  if (record === null || bootstrap === null) {
    throw new Error(`${identifier} was not created: ${JSON.stringify(reply)}`);
  }
  const token = bootstrap.accessToken;
  const run: World['run'] = (query, variables = {}) =>
    graphql({ port: gateway.port, path: `/t/${identifier}/graphql`, token, query, variables });
  return { identifier, token, record, db: await gateway.databases.of(record), run };
}

/** Everything a tenant has stored, by collection. */
async function dump({ db, record }: Tenant): Promise<Record<string, mongo.Document[]>> {
  const { prefix } = record.placement;
  const all = await db.listCollections({}, { nameOnly: true }).toArray();
  const own = all.map(({ name }) => name).filter((name) => name.startsWith(prefix));
  const documents = await Promise.all(
    own.map((name) => db.collection(name).find({}).sort({ _id: 1 }).toArray()),
  );
  return Object.fromEntries(own.map((name, index) => [name.slice(prefix.length), documents[index] ?? []]));
}

async function copyDocuments(from: World, to: Tenant): Promise<void> {
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
  return {
    client: client.id,
    resource: resource.id,
    item: item.id,
    deletedItem: deleted.id,
    type: contentType.id,
    slug: item.slug,
    typeName,
    audience,
    clientsCursor: await clientsCursor(run),
  };
}

async function clientsCursor(run: World['run']): Promise<string> {
  const { data } = await run('{ clients(first: 1) { edges { cursor } } }');
  const { edges } = data?.['clients'] as { edges: { cursor: string }[] };
  return edges[0]?.cursor ?? '';
}

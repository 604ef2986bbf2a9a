import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PLACEMENT_MODES } from '../../src/tenancy/tenant.ts';
import { addSecondCluster, SECOND, startGateway, type TestGateway } from '../support/gateway.ts';
import { graphql } from '../support/request.ts';
import { copyWorld, openWorld, type World } from './world.ts';

const NAMES = [
  'acme',
  'globex',
  'initech',
  'umbrella',
  'hooli',
  'vandelay',
  'stark',
  'wayne',
  'wonka',
  'tyrell',
];

let gateway: TestGateway;
let worlds: World[];

/** What the first tenant calls its objects; the copies in the others have the very same ids. */
let shared: World['ids'];

beforeAll(async () => {
  // Fewer shells than tenants, so that they come and go under the requests.
  gateway = await startGateway({ SHELL_CAPACITY: '8' });
  await addSecondCluster(gateway);
  worlds = [];
  for (const [index, name] of NAMES.entries()) {
    const mode = PLACEMENT_MODES[index % PLACEMENT_MODES.length] ?? 'DATABASE';
    // Each mode on either server, so that a tenant's neighbours are of every kind.
    worlds.push(await openWorld(gateway, name, mode, index % 2 === 0 ? 'default' : SECOND));
  }
  const [first, ...others] = worlds;
  if (first === undefined) throw new Error('no tenants');
  for (const world of others) await copyWorld(first, world);
  shared = first.ids;
});

afterAll(() => gateway[Symbol.asyncDispose]());

/** Three questions, so that a loader one request warmed is asked by the next for the same ids in another way. */
const QUERIES = [
  `query ($item: ID!) { tenant { id identifier } viewer { subject }
    node(id: $item) { ... on ContentItem { title data contentType { name } references { items { ... on ContentItem { title } } } } } }`,
  `query ($client: ID!, $resource: ID!, $type: ID!, $item: ID!) { tenant { id identifier } nodes(ids: [$client, $resource, $type, $item]) {
    id
    ... on Client { name }
    ... on ApiResource { name audience }
    ... on ContentType { name }
    ... on ContentItem { title } } }`,
  `query ($typeName: String!, $slug: String!) { tenant { id identifier } contentItemBySlug(type: $typeName, slug: $slug) { id title }
    contentItems(orderBy: { field: TITLE }) { nodes { title } }
    clients(orderBy: { field: NAME }) { nodes { name } }
    resources { nodes { name } } }`,
] as const;

/** Each tenant's object ids are those of the first; what is said under them is its own. */
function variablesOf({ identifier }: World): object {
  const { item, client, resource, type } = shared;
  return { item, client, resource, type, typeName: `Article${identifier}`, slug: `${identifier}-first` };
}

/** The three ways to a tenant, and what is allowed together. */
const WAYS: ((world: World) => { path?: string; host?: string; token: string })[] = [
  ({ identifier, token }) => ({ path: `/t/${identifier}/graphql`, token }),
  ({ identifier, token }) => ({ host: `${identifier}.gateway.test`, token }),
  ({ token }) => ({ token }),
  ({ identifier, token }) => ({
    path: `/t/${identifier}/graphql`,
    host: `${identifier}.gateway.test`,
    token,
  }),
];

function ask(world: World, way: number, question: number) {
  const { path, host, token } = WAYS[way % WAYS.length]!(world);
  return graphql({
    port: gateway.port,
    query: QUERIES[question % QUERIES.length]!,
    variables: variablesOf(world),
    token,
    ...(path === undefined ? {} : { path }),
    ...(host === undefined ? {} : { host }),
  });
}

function expectedAnswer({ identifier, record }: World, question: number): object {
  const { item, client, resource, type } = shared;
  const tenant = { id: expect.any(String) as string, identifier };
  const title = `${identifier} first`;
  const typeName = `Article${identifier}`;
  return [
    {
      tenant,
      viewer: { subject: record.provisioning.bootstrapClient },
      node: {
        title,
        data: { body: `${identifier} text`, next: expect.any(String) as string },
        contentType: { name: typeName },
        references: [{ items: [{ title: `${identifier} second` }] }],
      },
    },
    {
      tenant,
      nodes: [
        { id: client, name: `${identifier} shop` },
        { id: resource, name: `${identifier} orders`, audience: `https://${identifier}.example/api` },
        { id: type, name: typeName },
        { id: item, title },
      ],
    },
    {
      tenant,
      contentItemBySlug: { id: item, title },
      contentItems: { nodes: [{ title }, { title: `${identifier} second` }] },
      clients: { nodes: [{ name: 'Administrator' }, { name: `${identifier} shop` }] },
      resources: { nodes: [{ name: `${identifier} orders` }] },
    },
  ][question % QUERIES.length]!;
}

async function expectOwn(world: World, way: number, question: number): Promise<void> {
  const { data, errors } = await ask(world, way, question);
  expect(errors).toBeUndefined();
  expect(data).toEqual(expectedAnswer(world, question));
}

test('the same object ids in every tenant: each finds its own, whoever asked before', async () => {
  for (const question of QUERIES.keys()) {
    for (const world of worlds) await expectOwn(world, 0, question);
    for (const world of worlds.toReversed()) await expectOwn(world, 2, question);
  }
});

test(
  "two thousand requests of ten tenants, interleaved: every answer is the caller's own",
  { timeout: 90_000 },
  async () => {
    let sent = 0;
    const callers = Array.from({ length: 40 }, async (_unused, caller) => {
      for (let turn = 0; turn < 50; turn += 1) {
        // Neighbours in time are of different tenants and come in different ways.
        const world = worlds[(caller * 7 + turn * 3) % worlds.length]!;
        await sleep(Math.random() * 4);
        await expectOwn(world, caller + turn, turn);
        sent += 1;
      }
    });
    await Promise.all(callers);
    expect(sent).toBe(2_000);
  },
);

test('a token of one tenant at the address of another is refused, in the middle of all that', async () => {
  const replies = await Promise.all(
    worlds.flatMap((world, index) => {
      const other = worlds[(index + 1) % worlds.length]!;
      return [
        { path: `/t/${other.identifier}/graphql` },
        { host: `${other.identifier}.gateway.test` },
        { path: `/t/${world.identifier}/graphql`, host: `${other.identifier}.gateway.test` },
      ].map((address) =>
        graphql({ port: gateway.port, query: '{ tenant { name } }', token: world.token, ...address }),
      );
    }),
  );
  expect(replies).toHaveLength(30);
  for (const { status, errors } of replies) {
    expect([status, errors?.[0]?.extensions.code]).toEqual([403, 'TENANT_MISMATCH']);
    for (const name of NAMES) expect(JSON.stringify(errors)).not.toContain(name);
  }
});

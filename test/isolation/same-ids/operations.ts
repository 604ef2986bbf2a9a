import type { GraphQLReply } from '../../support/request.ts';
import type { World } from './world.ts';
import type { Random } from './random.ts';

/** A request of one tenant and what its answer must be. */
export interface Operation {
  query: string;
  variables: Record<string, unknown>;
  /** Sent to the address of this tenant instead of its own. */
  strayTo?: World;
  /** @returns what is wrong with the answer. */
  check(reply: GraphQLReply): string | undefined;
}

export interface Caller {
  world: World;
  /** Another tenant, whose names are tried. */
  other: World;
  random: Random;
  /** Counts the requests of this caller. */
  turn: number;
}

type Operate = (caller: Caller) => Operation;

const TENANT = 'tenant { id identifier }';

/** Answered without errors, by the caller's own tenant, with this text of its own. */
function isOwn({ identifier }: World, ...texts: string[]): Operation['check'] {
  return ({ data, errors }) => {
    if (errors !== undefined) return `errors: ${JSON.stringify(errors)}`;
    const answer = JSON.stringify(data);
    const missing = [`"identifier":"${identifier}"`, ...texts].find((text) => !answer.includes(text));
    return missing === undefined ? undefined : `${missing} is not in ${answer}`;
  };
}

function hasCode(expected: string): Operation['check'] {
  return ({ errors }) => {
    const code = errors?.[0]?.extensions.code;
    return code === expected ? undefined : `answered ${code} instead of ${expected}`;
  };
}

/** Nobody has it, and it looks like an id. */
const NOBODYS = Buffer.from('ContentItem:00000000-0000-7000-8000-000000000000').toString('base64url');

/** What tenants do, by how often. The ids in them are the same in every tenant. */
const OPERATIONS: readonly (readonly [weight: number, Operate])[] = [
  [
    4,
    ({ world }) => ({
      query: `query ($id: ID!) { ${TENANT} node(id: $id) { ... on ContentItem { title data contentType { name } references { items { title } } } } }`,
      variables: { id: world.ids.item },
      check: isOwn(
        world,
        `${world.identifier} text`,
        `Article${world.identifier}`,
        `${world.identifier} second`,
      ),
    }),
  ],
  [
    3,
    ({ world }) => ({
      query: `query ($ids: [ID!]!) { ${TENANT} nodes(ids: $ids) { id ... on Client { name } ... on ApiResource { audience } ... on ContentType { name } } }`,
      variables: { ids: [world.ids.client, world.ids.resource, world.ids.type, NOBODYS] },
      check: isOwn(world, `${world.identifier} shop`, `https://${world.identifier}.example/api`),
    }),
  ],
  [
    3,
    ({ world, random }) => ({
      query: `query ($first: Int, $filter: ContentItemFilter) { ${TENANT} contentItems(first: $first, filter: $filter, orderBy: { field: TITLE }) { totalCount edges { cursor node { slug } } } }`,
      variables: { first: 1 + random.below(3), filter: { type: world.ids.typeName } },
      check: isOwn(world, `"slug":"${world.identifier}-`),
    }),
  ],
  [
    3,
    ({ world }) => ({
      query: `query ($after: String) { ${TENANT} clients(first: 5, after: $after) { nodes { name } } }`,
      variables: { after: world.ids.clientsCursor },
      check: isOwn(world),
    }),
  ],
  [
    2,
    ({ world }) => ({
      query: `query ($type: String!, $slug: String!) { ${TENANT} contentItemBySlug(type: $type, slug: $slug) { id title } }`,
      variables: { type: world.ids.typeName, slug: world.ids.slug },
      check: isOwn(world, world.ids.item),
    }),
  ],
  [
    2,
    ({ world, turn }) => ({
      query: `mutation ($input: UpdateContentItemInput!) { updateContentItem(input: $input) { contentItem { title } userErrors { code } } }`,
      variables: { input: { id: world.ids.item, title: `${world.identifier} first ${turn}` } },
      check: ({ data, errors }) =>
        JSON.stringify(data).includes(`${world.identifier} first ${turn}`)
          ? undefined
          : JSON.stringify([data, errors]),
    }),
  ],
  [
    1,
    ({ world, turn }) => ({
      query: `mutation ($input: UpdateClientInput!) { updateClient(input: $input) { client { name description } userErrors { code } } }`,
      variables: { input: { id: world.ids.client, description: `${world.identifier} ${turn}` } },
      check: ({ data, errors }) =>
        JSON.stringify(data).includes(`${world.identifier} shop`)
          ? undefined
          : JSON.stringify([data, errors]),
    }),
  ],
  [
    1,
    ({ other }) => ({
      query: `query ($after: String) { ${TENANT} clients(after: $after) { nodes { name } } }`,
      variables: { after: other.ids.clientsCursor },
      check: hasCode('BAD_USER_INPUT'),
    }),
  ],
  [
    1,
    ({ other }) => ({
      query:
        'query ($type: String!, $slug: String!) { contentItemBySlug(type: $type, slug: $slug) { id title } }',
      variables: { type: other.ids.typeName, slug: other.ids.slug },
      check: hasCode('NOT_FOUND'),
    }),
  ],
  [
    1,
    () => ({
      query: 'query ($id: ID!) { contentItem(id: $id) { title } }',
      variables: { id: NOBODYS },
      check: hasCode('NOT_FOUND'),
    }),
  ],
  [
    1,
    ({ world, other }) => ({
      query:
        'mutation ($input: CreateResourceInput!) { createResource(input: $input) { resource { name } userErrors { code } } }',
      variables: { input: { name: `${world.identifier} again`, audience: world.ids.audience } },
      strayTo: other,
      check: hasCode('TENANT_MISMATCH'),
    }),
  ],
  [
    1,
    ({ world }) => ({
      query:
        'mutation ($input: CreateResourceInput!) { createResource(input: $input) { resource { name } userErrors { code } } }',
      variables: { input: { name: `${world.identifier} again`, audience: world.ids.audience } },
      check: ({ data }) => (JSON.stringify(data).includes('"TAKEN"') ? undefined : JSON.stringify(data)),
    }),
  ],
  [1, () => ({ query: '{ nothingOfThat }', variables: {}, check: hasCode('GRAPHQL_VALIDATION_FAILED') })],
];

const DRAWN = OPERATIONS.flatMap(([weight, operate]) => Array.from({ length: weight }, () => operate));

export function drawOperation(caller: Caller): Operation {
  return caller.random.of(DRAWN)(caller);
}

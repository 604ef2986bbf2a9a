import type { GraphQLSchema } from 'graphql';
import type { mongo } from 'mongoose';
import type { TenantRecord } from '../../../src/control-plane/tenant-record.ts';
import type { TestGateway } from '../../support/gateway.ts';
import { createTenant } from '../../support/platform.ts';
import { graphql, type GraphQLReply } from '../../support/request.ts';
import { merged, type Told } from './audit.ts';
import { callOf, ownArguments } from './call.ts';
import type { Canary, Maker, ModuleAudits, Owner } from './module-audits.ts';
import { type Listener, listen } from './listener.ts';
import { flatFields } from './selection.ts';
import { objectType } from './target-type.ts';

/** How a request says which tenant it is for. */
export const WAYS = ['host', 'prefix', 'claim'] as const;
export type Way = (typeof WAYS)[number];

/** Canaries made of each type. */
const EACH = 2;

/** A tenant with canaries of every type. */
export interface AuditTenant {
  readonly marker: string;
  readonly record: TenantRecord;
  /** Its database, on whichever server. */
  readonly db: mongo.Db;
  /** What it can name: of each type the canaries of this number. */
  owner(index: number): Owner;
  /** As its administrator, to prepare what an audit is about. */
  maker(index: number): Maker;
  call(way: Way, query: string, variables: object): Promise<GraphQLReply>;
  /** Subscribes; from when this settles it is told. */
  listen(way: Way, query: string, variables: object): Promise<Listener>;
}

export interface AuditedGateway {
  gateway: TestGateway;
  schema: GraphQLSchema;
  modules: readonly ModuleAudits[];
}

/**
 * Makes a tenant with every module, and the canaries of all of them.
 *
 * @param placement - as `createTenant` takes it.
 * @param client - reaches the server the placement is on.
 */
export async function openAuditTenant(
  audited: AuditedGateway,
  identifier: string,
  { placement, client }: { placement: object; client: mongo.MongoClient },
): Promise<AuditTenant> {
  const { gateway, schema } = audited;
  const told = merged(audited.modules);
  const enabled = gateway.app.modules.filter(({ isAlwaysOn }) => !isAlwaysOn).map(({ id }) => id);
  const input = { identifier, name: `The ${identifier} company`, modules: enabled, placement };
  const { tenant, bootstrap, userErrors, reply } = await createTenant(gateway, input);
  const record = await gateway.app.platform.control.tenants.findOne({ _id: tenant?.id ?? '' });
  if (record === null || bootstrap === null) {
    throw new Error(`${identifier} was not made: ${JSON.stringify([userErrors, reply.errors])}`);
  }
  const marker = `canary${identifier.replaceAll('-', '')}`;
  const canaries = new Map<string, Canary[]>();
  const owner = (index: number): Owner => ({
    marker,
    fresh,
    canary(typename) {
      const made = canaries.get(typename);
      const canary = made?.[Math.min(index, made.length - 1)];
      if (canary === undefined) throw new Error(`${identifier} has no canary of ${typename}`);
      return canary;
    },
  });
  const requestOf = (way: Way, query: string, variables: object) => ({
    port: gateway.port,
    token: bootstrap.accessToken,
    ...(way === 'prefix' ? { path: `/t/${identifier}/graphql` } : {}),
    ...(way === 'host' ? { host: `${identifier}.gateway.test` } : {}),
    query,
    variables,
  });
  const call: AuditTenant['call'] = (...request) => graphql(requestOf(...request));
  const maker = (index: number): Maker => ({
    ...owner(index),
    index,
    run: (query, variables = {}) => call('prefix', query, variables),
    mutate: (mutation, input, selection) => mutate(schema, maker(index), mutation, input, selection),
  });
  const made: AuditTenant = {
    marker,
    record,
    db: client.db(record.placement.database),
    owner,
    maker,
    call,
    listen: (...request) => listen(requestOf(...request)),
  };
  for (let index = 0; index < EACH; index += 1) {
    for (const [typename, make] of Object.entries(told.canaries)) {
      const answer = await make(maker(index));
      const canary =
        typeof answer === 'string' ? await namesOf(schema, maker(index), typename, answer) : answer;
      canaries.set(typename, [...(canaries.get(typename) ?? []), canary]);
    }
  }
  for (const [field, cursors] of await cursorsOf(schema, told, maker(0))) {
    canaries.set(`cursors of ${field}`, [cursors]);
  }
  // What it has by now is what it must have again after each audit.
  const now = await gateway.app.platform.control.tenants.findOne({ _id: record._id });
  return { ...made, record: now ?? record };
}

let count = 0;

/** As long as all others, so that answers with it in them can be compared. */
function fresh(): string {
  return `probe${String((count += 1)).padStart(7, '0')}`;
}

async function mutate<T>(
  schema: GraphQLSchema,
  maker: Maker,
  mutation: string,
  input: object,
  selection: string,
): Promise<T> {
  const argument = objectType(schema, 'Mutation')?.getFields()[mutation]?.args[0];
  const query = `mutation ($input: ${String(argument?.type)}) { ${mutation}(input: $input) { ${selection} userErrors { code message path } } }`;
  const { data, errors } = await maker.run(query, { input });
  const payload = data?.[mutation] as { userErrors: unknown[] } | null | undefined;
  if (payload == null || payload.userErrors.length > 0) {
    throw new Error(`${mutation}: ${JSON.stringify([errors, payload?.userErrors])}`);
  }
  return payload as T;
}

async function namesOf(schema: GraphQLSchema, maker: Maker, typename: string, id: string): Promise<Canary> {
  const fields = flatFields(schema, typename).join(' ');
  const { data, errors } = await maker.run(
    `query ($id: ID!) { node(id: $id) { ... on ${typename} { ${fields} } } }`,
    {
      id,
    },
  );
  if (data?.['node'] == null)
    throw new Error(`no ${typename} has the id its canary said: ${JSON.stringify(errors)}`);
  return data['node'] as Canary;
}

/** The first and the last cursor of every list. */
async function cursorsOf(schema: GraphQLSchema, told: Told, maker: Maker): Promise<[string, Canary][]> {
  const lists = Object.values(schema.getQueryType()?.getFields() ?? {}).filter(({ args }) =>
    args.some(({ name }) => name === 'after'),
  );
  return Promise.all(
    lists.map(async ({ name }): Promise<[string, Canary]> => {
      const called = { parent: 'Query', field: name };
      const args = { first: 50, ...ownArguments(schema, called, told, maker) };
      const { query, variables } = callOf(schema, called, args, { owner: maker, asked: undefined });
      const { data, errors } = await maker.run(query, variables);
      const edges = (data?.[name] as { edges: { cursor: string }[] } | null)?.edges ?? [];
      if (edges.length < EACH) throw new Error(`${name} lists no canaries: ${JSON.stringify(errors)}`);
      return [name, { firstCursor: edges[0]?.cursor, lastCursor: edges.at(-1)?.cursor }];
    }),
  );
}

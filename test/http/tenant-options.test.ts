import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { registerBoth, startGateway, type TestGateway, type TestTenant } from '../support/gateway.ts';
import { graphql, send } from '../support/request.ts';
import { type Held, whileHeld } from '../support/while-held.ts';

let node: TestGateway;
let other: TestGateway;
let acme: TestTenant;
let globex: TestTenant;

/** A change is promised on every node within a second; the rest is for a busy machine. */
const WITHIN_MS = 3_000;

beforeAll(async () => {
  node = await startGateway();
  other = await startGateway({ CONTROL_DATABASE: node.config.mongo.controlDatabase });
  ({ acme, globex } = await registerBoth(node));
  // What the other node knows before.
  for (const tenant of ['acme', 'globex']) await at(other, tenant, '{ viewer { kind } }');
});

afterAll(async () => {
  // The first one drops the databases of both.
  await other.app[Symbol.asyncDispose]();
  other.server.close();
  await node[Symbol.asyncDispose]();
});

const at = (gateway: TestGateway, tenant: string, query: string, token?: string) =>
  graphql({ port: gateway.port, path: `/t/${tenant}/graphql`, token, query });

async function change(mutation: string): Promise<void> {
  const reply = await at(
    node,
    'acme',
    `mutation { ${mutation} { userErrors { message } } }`,
    await acme.token(),
  );
  expect(Object.values(reply.data ?? {})).toEqual([{ userErrors: [] }]);
}

const set = (options: string) => change(`updateSettings(input: { options: { ${options} } })`);

const reset = (path: string) => change(`resetSetting(input: { path: "${path}" })`);

/** A client that is new, and the document behind it. */
async function clientOf(tenant: TestTenant) {
  const query = 'mutation { createClient(input: { name: "new" }) { client { id clientId } } }';
  const { data } = await graphql({ port: node.port, token: await tenant.token(), query });
  const { client } = data?.['createClient'] as { client: { id: string; clientId: string } };
  const mongo = node.app.platform.control.db.client;
  const collection: Held['collection'] = mongo.db(tenant.record.placement.database).collection('clients');
  const held: Held = { client: mongo, collection, id: client.clientId };
  return { id: client.id, held };
}

const limitOf = async (tenant: TestTenant, query: string) => {
  const { errors } = await at(other, tenant.record.identifier, query, await tenant.token());
  return errors?.map(({ extensions }) => [extensions.code, extensions['limit']]);
};

describe('an option that is changed on one node', () => {
  it('holds on another without a restart: page size', async () => {
    const query = '{ clients(first: 60) { nodes { id } } }';
    expect(await limitOf(acme, query)).toBeUndefined();
    await set('maxPageSize: 50');
    await eventually(
      async () => expect(await limitOf(acme, query)).toEqual([['LIMIT_EXCEEDED', 50]]),
      WITHIN_MS,
    );
    expect(await limitOf(globex, query)).toBeUndefined();
    await reset('options.maxPageSize');
    await eventually(async () => expect(await limitOf(acme, query)).toBeUndefined(), WITHIN_MS);
  });

  it('holds for a document whose validation is kept for all tenants: cost and depth', async () => {
    const costly = '{ clients(first: 100) { nodes { id name scopes clientId } } }';
    const deep = '{ clients { edges { node { secrets { id } grants { resource { scopes { name } } } } } } }';
    for (const query of [costly, deep]) expect(await limitOf(acme, query)).toBeUndefined();
    await set('maxComplexity: 500, maxDepth: 6');
    await eventually(
      async () => expect(await limitOf(acme, costly)).toEqual([['LIMIT_EXCEEDED', 500]]),
      WITHIN_MS,
    );
    expect(await limitOf(acme, deep)).toEqual([['LIMIT_EXCEEDED', 6]]);
    for (const query of [costly, deep]) expect(await limitOf(globex, query)).toBeUndefined();
  });

  it('holds for the time a request may take', async () => {
    const update = async (tenant: TestTenant, id: string) => {
      const query =
        'mutation ($id: ID!) { updateClient(input: { id: $id, name: "slow" }) { client { name } } }';
      const path = `/t/${tenant.record.identifier}/graphql`;
      const request = { port: other.port, path, token: await tenant.token(), query, variables: { id } };
      const { data, errors } = await graphql(request);
      return errors?.[0]?.extensions.code ?? data?.['updateClient'];
    };
    const [ours, theirs] = await Promise.all([acme, globex].map(clientOf));
    const slow = { client: { name: 'slow' } };
    await set('requestDeadlineMs: 300');
    const told = '{ settings { options { requestDeadlineMs } } }';
    await eventually(async () => {
      const { data } = await at(other, 'acme', told, await acme.token());
      expect(data).toEqual({ settings: { options: { requestDeadlineMs: 300 } } });
    }, WITHIN_MS);
    let waiting: Promise<unknown> | undefined;
    await whileHeld(theirs!.held, async () => {
      waiting = update(globex, theirs!.id);
      await whileHeld(ours!.held, async () => {
        expect(await update(acme, ours!.id)).toBe('DEADLINE_EXCEEDED');
      });
    });
    // Globex's waited at least as long, and had the platform's time for it.
    expect(await waiting).toEqual(slow);
    await reset('options.requestDeadlineMs');
    expect(await update(acme, ours!.id)).toEqual(slow);
  });

  it('holds for cross-origin requests', async () => {
    const origin = 'https://app.example.com';
    const allowed = async (tenant: string) => {
      const reply = await send({
        port: other.port,
        method: 'OPTIONS',
        path: `/t/${tenant}/graphql`,
        headers: { origin },
      });
      return reply.headers['access-control-allow-origin'];
    };
    expect(await allowed('acme')).toBe('*');
    await set(`corsOrigins: ["${origin}"]`);
    await eventually(async () => expect(await allowed('acme')).toBe(origin), WITHIN_MS);
    expect(await allowed('globex')).toBe('*');
  });

  it('tells where each value comes from', async () => {
    const origins = async (tenant: TestTenant) => {
      const query = '{ settings { origins { path origin } options { maxDepth } } }';
      const reply = await at(other, tenant.record.identifier, query, await tenant.token());
      const { settings } = reply.data as {
        settings: { origins: { path: string; origin: string }[]; options: object };
      };
      return [settings.origins.find(({ path }) => path === 'options.maxDepth')?.origin, settings.options];
    };
    expect(await origins(acme)).toEqual(['TENANT', { maxDepth: 6 }]);
    expect(await origins(globex)).toEqual(['PLATFORM', { maxDepth: 15 }]);
  });
});

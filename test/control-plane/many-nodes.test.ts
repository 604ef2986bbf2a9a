import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { STALENESS_BOUND_MS } from '../../src/control-plane/freshness.ts';
import { rotateSigningKey } from '../../src/control-plane/tenant-keys.ts';
import { eventually } from '../support/eventually.ts';
import { type GatewayProcess, gatewayProcess } from '../support/gateway-process.ts';
import {
  addSecondCluster,
  MASTER_KEY,
  registerTenant,
  SECOND,
  startGateway,
  type TestGateway,
  type TestTenant,
} from '../support/gateway.ts';
import { type MongoProxy, openMongoProxy } from '../support/mongo-proxy.ts';
import { operate, register, visit } from '../support/platform.ts';
import { graphql, send } from '../support/request.ts';

/** A change counts on every node within a second; the rest is for a busy machine. */
const SEEN_WITHIN_MS = 1_000 + 2_000;

/** What the machine may be late by when the bound is what is waited for, in milliseconds. */
const SLACK_MS = 5_000;

let here: TestGateway;
let road: MongoProxy;
/** The other node: a process of its own, with a road of its own to the control database but not to the tenants. */
let there: GatewayProcess;
let acme: TestTenant;
let globex: TestTenant;

beforeAll(async () => {
  const shared = {
    CONTROL_DATABASE: `test_${randomBytes(6).toString('hex')}`,
    PUBLIC_URL: 'http://gateway.test',
  };
  here = await startGateway(shared);
  await addSecondCluster(here);
  const elsewhere = { placement: { mode: 'DATABASE' as const, cluster: SECOND } };
  acme = await registerTenant(here, 'acme', {}, elsewhere.placement);
  globex = await registerTenant(here, 'globex', {}, elsewhere.placement);
  road = await openMongoProxy();
  there = await gatewayProcess({
    ...shared,
    BASE_DOMAIN: 'gateway.test',
    MASTER_KEY: MASTER_KEY.toString('base64'),
    MONGODB_URI: road.uri,
  });
  await there.start();
  for (const tenant of [acme, globex]) {
    // The first authenticated request of a tenant writes to its record.
    await visitThere(tenant);
    await eventually(async () => expect(await visitThere(tenant)).toBe(tenant.record.identifier));
  }
}, 120_000);

afterAll(async () => {
  await there?.[Symbol.asyncDispose]();
  await road?.[Symbol.asyncDispose]();
  await here?.[Symbol.asyncDispose]();
});

async function visitThere({ record, token }: TestTenant): Promise<string> {
  return visit(there, record.identifier, await token());
}

/** The code of the refusal, or what a field answers. */
async function ask(
  { port }: { port: number },
  token: string,
  query: string,
  variables: object = {},
): Promise<unknown> {
  const { data, errors } = await graphql({ port, token, query, variables });
  return errors?.[0]?.extensions.code ?? Object.values(data ?? {})[0];
}

const createClient = (node: { port: number }, token: string) =>
  ask(node, token, 'mutation { createClient(input: { name: "Late" }) { client { id clientId } } }');

async function clientCount({ record }: TestTenant): Promise<number> {
  return (await here.databases.of(record)).collection('clients').countDocuments();
}

async function readiness(): Promise<number> {
  return (await send({ port: there.port, path: '/readyz', method: 'GET' })).status;
}

describe('what one node changes counts on the other within a second, for that tenant alone:', () => {
  test.each<[string, string, () => Promise<unknown>]>([
    ['a suspension', 'TENANT_SUSPENDED', () => operate(here, 'suspendTenant', { id: acme.record._id })],
    ['its end', 'acme', () => operate(here, 'resumeTenant', { id: acme.record._id })],
  ])('%s', async (_what, expected, change) => {
    await change();
    await eventually(async () => expect(await visitThere(acme)).toBe(expected), SEEN_WITHIN_MS);
    expect(await visitThere(globex)).toBe('globex');
  });

  test('a new identifier, the old one staying as an alias', async () => {
    const token = await globex.token();
    expect(await visit(there, 'globex-two', token)).toBe('TENANT_MISMATCH');
    await ask(
      here,
      token,
      'mutation { renameTenant(input: { identifier: "globex-two" }) { userErrors { code } } }',
    );
    await eventually(
      async () => expect(await visit(there, 'globex-two', token)).toBe('globex-two'),
      SEEN_WITHIN_MS,
    );
    expect(await visit(there, 'globex', token)).toBe('globex-two');
    expect(await visitThere(acme)).toBe('acme');
  });

  test('a new signing key', async () => {
    const { control, directory } = here.app.platform;
    await rotateSigningKey({ control, directory, box: here.box }, acme.record._id);
    const record = await control.tenants.findOne({ _id: acme.record._id });
    const request = { subject: 'tenant-gateway-cli', clientId: 'tenant-gateway-cli', lifetimeMs: 60_000 };
    const { token } = await here.app.tokens.forTenant(record!, { ...request, scopes: [] });
    const kind = '{ viewer { kind } }';
    await eventually(
      async () => expect(await ask(there, token, kind)).toEqual({ kind: 'CLIENT' }),
      SEEN_WITHIN_MS,
    );
    expect(await ask(there, await globex.token(), kind)).toEqual({ kind: 'CLIENT' });
  });

  test('an option', async () => {
    const color = '{ settings { theme { primaryColor } } }';
    const change =
      'mutation { updateSettings(input: { theme: { primaryColor: "#123456" } }) { userErrors { code } } }';
    const [token, other] = [await acme.token(), await globex.token()];
    const before = await ask(there, other, color);
    await ask(here, token, change);
    const changed = { theme: { primaryColor: '#123456' } };
    await eventually(async () => expect(await ask(there, token, color)).toEqual(changed), SEEN_WITHIN_MS);
    expect(await ask(there, other, color)).toEqual(before);
  });

  test('a module that is switched off, and on again', async () => {
    const [token, other] = [await acme.token(), await globex.token()];
    const flip = (mutation: string) =>
      ask(here, token, `mutation { ${mutation}(input: { id: "content" }) { userErrors { code } } }`);
    const query = '{ contentItems { totalCount } }';
    await flip('disableModule');
    await eventually(
      async () => expect(await ask(there, token, query)).toBe('MODULE_DISABLED'),
      SEEN_WITHIN_MS,
    );
    expect(await ask(there, other, query)).toEqual({ totalCount: 0 });
    await flip('enableModule');
    await eventually(
      async () => expect(await ask(there, token, query)).toEqual({ totalCount: 0 }),
      SEEN_WITHIN_MS,
    );
  });

  test('a deleted client', async () => {
    const admin = await acme.token();
    const { client } = (await createClient(here, admin)) as { client: { id: string; clientId: string } };
    const request = { subject: client.clientId, clientId: client.clientId, scopes: [], lifetimeMs: 60_000 };
    const { token } = await here.app.tokens.forTenant(acme.record, request);
    const kind = '{ viewer { kind } }';
    expect(await ask(there, token, kind)).toEqual({ kind: 'CLIENT' });
    await ask(here, admin, 'mutation ($id: ID!) { deleteClient(input: { id: $id }) { deletedId } }', client);
    await eventually(
      async () => expect(await ask(there, token, kind)).toBe('UNAUTHENTICATED'),
      SEEN_WITHIN_MS,
    );
    expect(await ask(there, await globex.token(), kind)).toEqual({ kind: 'CLIENT' });
  });
});

async function suspendAndResume(withinMs: number): Promise<void> {
  await operate(here, 'suspendTenant', { id: acme.record._id });
  await eventually(async () => expect(await visitThere(acme)).toBe('TENANT_SUSPENDED'), withinMs);
  expect(await visit(there, 'globex')).toBe('globex-two');
  await operate(here, 'resumeTenant', { id: acme.record._id });
  await eventually(async () => expect(await visitThere(acme)).toBe('acme'), withinMs);
}

test('one of a hundred that want an identifier at once gets it, whichever process they ask', async () => {
  const { control, clusters } = here.app.platform;
  const room = async () => (await clusters.all()).reduce((sum, { free }) => sum + free, 0);
  const before = await room();
  const outcomes = await Promise.all(
    Array.from({ length: 100 }, (_unused, index) =>
      register(index % 2 === 0 ? here : there, { identifier: 'wanted', name: `Caller ${index}` }),
    ),
  );
  const [winner, ...others] = outcomes.filter(({ tenant }) => tenant !== null);
  expect(others).toEqual([]);
  const refusals = outcomes.filter((outcome) => outcome !== winner);
  expect(refusals.map(({ code, userErrors }) => code ?? userErrors[0]?.code)).toEqual(
    Array.from({ length: 99 }, () => 'IDENTIFIER_TAKEN'),
  );
  for (const node of [here, there]) {
    await eventually(
      async () => expect(await visit(node, 'wanted', winner?.bootstrap?.accessToken)).toBe('wanted'),
      SEEN_WITHIN_MS,
    );
  }
  const records = await control.tenants.find({ identifier: 'wanted' as never });
  expect(records.map(({ _id }) => _id as string)).toEqual([winner?.tenant?.id]);
  expect(await room()).toBe(before - 4);
  const home = await here.databases.of(records[0]!);
  expect(await home.collection('clients').countDocuments()).toBe(1);
});

test('dropped connections lose no change and make nobody forget', async () => {
  for (let round = 0; round < 3; round += 1) {
    road.drop();
    await suspendAndResume(SEEN_WITHIN_MS);
  }
  expect(there.output).not.toContain('directory_feed_caught_up');
  expect(await readiness()).toBe(200);
});

test('a stream whose packets are lost: the records are polled until it goes on where it ended', async () => {
  road.blockStreams();
  await suspendAndResume(STALENESS_BOUND_MS);
  await eventually(() => expect(there.output).toContain('directory_feed_lost'));
  await suspendAndResume(STALENESS_BOUND_MS);
  expect(await readiness()).toBe(200);
  expect(await createClient(there, await acme.token())).toMatchObject({ client: {} });
  road.unblock();
  await eventually(() => expect(there.output).toContain('directory_feed_resumed'));
  await suspendAndResume(SEEN_WITHIN_MS);
});

test('a node that is cut off writes nothing once the bound has passed, reads on, and writes again afterwards', async () => {
  const [token, other] = [await acme.token(), await globex.token()];
  const told = there.output.length;
  road.block();
  await eventually(async () => expect(await readiness()).toBe(503), STALENESS_BOUND_MS + SLACK_MS);
  // It may be unready before the bound, because it asks the database then and there.
  await eventually(
    () => expect(there.output.slice(told)).toContain('directory_stale'),
    STALENESS_BOUND_MS + SLACK_MS,
  );
  const before = [await clientCount(acme), await clientCount(globex)];
  const refused = await graphql({
    port: there.port,
    token,
    query: 'mutation { createClient(input: { name: "Late" }) { client { id } } }',
  });
  expect(refused.errors).toMatchObject([{ extensions: { code: 'TENANT_UNAVAILABLE' } }]);
  expect(await createClient(there, other)).toBe('TENANT_UNAVAILABLE');
  expect([await clientCount(acme), await clientCount(globex)]).toEqual(before);
  // The tenants it knows are on a cluster it still reaches.
  expect(await visit(there, 'acme', token)).toBe('acme');
  expect(await visit(there, 'globex', other)).toBe('globex-two');
  // The node next door is not concerned.
  expect(await createClient(here, token)).toMatchObject({ client: {} });
  road.unblock();
  await eventually(async () => expect(await readiness()).toBe(200), SLACK_MS * 2);
  expect(await createClient(there, token)).toMatchObject({ client: {} });
  expect([await clientCount(acme), await clientCount(globex)]).toEqual([before[0]! + 2, before[1]]);
  expect(there.output).toContain('directory_stale');
  await eventually(() => expect(there.output).toContain('directory_fresh'));
});

import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { watchCommands } from '../../support/database-commands.ts';
import { eventually, WITHIN_A_SECOND_MS } from '../../support/eventually.ts';
import { registerBoth, startGateway, type TestGateway, type TestTenant } from '../../support/gateway.ts';
import { graphql, send } from '../../support/request.ts';

let here: TestGateway;
let there: TestGateway;
let tenants: { acme: TestTenant; globex: TestTenant };

beforeAll(async () => {
  const CONTROL_DATABASE = `test_${randomBytes(6).toString('hex')}`;
  here = await startGateway({ CONTROL_DATABASE });
  there = await startGateway({ CONTROL_DATABASE });
  tenants = await registerBoth(here);
});

afterAll(async () => {
  await there?.[Symbol.asyncDispose]();
  await here?.[Symbol.asyncDispose]();
});

const whoAmI = async ({ port }: TestGateway, token: string) => {
  const reply = await graphql({ port, token, query: '{ viewer { kind } }' });
  return reply.errors?.[0]?.extensions.code ?? (reply.data?.['viewer'] as { kind: string }).kind;
};

test('a live caller is read once, not once a second', async () => {
  const token = await tenants.acme.token();
  expect(await whoAmI(there, token)).toBe('CLIENT');
  const commands = await watchCommands(there, tenants.acme);
  // Until the feed runs a caller counts for less than a second; then for long.
  await eventually(async () => {
    expect(await whoAmI(there, token)).toBe('CLIENT');
    await sleep(1_100);
    expect(await commands.during(() => whoAmI(there, token))).toBe(0);
  });
});

test('a client deleted on one node is refused by the other within a second, and its namesake elsewhere is not', async () => {
  const [acme, globex] = await Promise.all([tenants.acme.token(), tenants.globex.token()]);
  for (const token of [acme, globex]) expect(await whoAmI(there, token)).toBe('CLIENT');
  const deletion = await graphql({
    port: here.port,
    token: acme,
    query: `mutation ($id: ID!) { deleteClient(input: { id: $id }) { deletedId userErrors { code } } }`,
    variables: {
      id: Buffer.from(`Client:${tenants.acme.record.provisioning.bootstrapClient}`).toString('base64url'),
    },
  });
  expect(deletion.errors).toBeUndefined();
  expect(await whoAmI(here, acme)).toBe('UNAUTHENTICATED');
  await eventually(async () => expect(await whoAmI(there, acme)).toBe('UNAUTHENTICATED'), WITHIN_A_SECOND_MS);
  expect(await whoAmI(there, globex)).toBe('CLIENT');
});

test('a client that an idempotency key makes anew on one node is live on the other within a second', async () => {
  const { globex } = tenants;
  const admin = await globex.token();
  const run = async (query: string, variables: object = {}) =>
    (await graphql({ port: here.port, token: admin, query, variables })).data as Record<string, never>;
  const create =
    'mutation { createClient(input: { name: "Phoenix", idempotencyKey: "phoenix-phoenix-phoenix" }) { client { id clientId } } }';
  const { client } = (await run(create))['createClient'] as unknown as {
    client: { id: string; clientId: string };
  };
  const token = async () => {
    const request = { subject: client.clientId, clientId: client.clientId, scopes: [], lifetimeMs: 60_000 };
    return (await here.app.tokens.forTenant(globex.record, request)).token;
  };
  expect(await whoAmI(there, await token())).toBe('CLIENT');
  await run('mutation ($id: ID!) { deleteClient(input: { id: $id }) { deletedId } }', { id: client.id });
  await eventually(async () => expect(await whoAmI(there, await token())).toBe('UNAUTHENTICATED'));
  await run(create);
  await eventually(async () => expect(await whoAmI(there, await token())).toBe('CLIENT'), 2_500);
});

test('a deleted client reads no schema file either', async () => {
  const { globex } = tenants;
  const gone = { subject: 'gone', clientId: 'gone', scopes: [], lifetimeMs: 60_000 };
  const { token } = await here.app.tokens.forTenant(globex.record, gone);
  const read = (bearer: string) =>
    send({
      port: here.port,
      method: 'GET',
      path: '/t/globex/graphql/schema.graphql',
      headers: { authorization: `Bearer ${bearer}` },
    });
  expect((await read(token)).status).toBe(401);
  expect((await read(await globex.token())).status).toBe(200);
});

import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { watchCommands } from '../../support/database-commands.ts';
import { eventually } from '../../support/eventually.ts';
import { registerBoth, startGateway, type TestGateway, type TestTenant } from '../../support/gateway.ts';
import { graphql } from '../../support/request.ts';

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
    variables: { id: Buffer.from(`Client:${tenants.acme.record.provisioning.bootstrapClient}`).toString('base64url') },
  });
  expect(deletion.errors).toBeUndefined();
  expect(await whoAmI(here, acme)).toBe('UNAUTHENTICATED');
  await eventually(async () => expect(await whoAmI(there, acme)).toBe('UNAUTHENTICATED'), 1_000);
  expect(await whoAmI(there, globex)).toBe('CLIENT');
});

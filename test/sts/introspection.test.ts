import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { registerBoth, startGateway, type TestGateway, type TestTenant } from '../support/gateway.ts';
import { graphql } from '../support/request.ts';
import { type ClientLogin, clientCredentials, postForm } from '../support/sts.ts';

let gateway: TestGateway;
let acme: TestTenant;
let globex: TestTenant;

beforeAll(async () => {
  gateway = await startGateway();
  ({ acme, globex } = await registerBoth(gateway));
});
afterAll(() => gateway[Symbol.asyncDispose]());

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the answer is JSON of whatever was asked for
async function run(tenant: TestTenant, query: string, variables: object = {}): Promise<any> {
  const { data, errors } = await graphql({
    port: gateway.port,
    token: await tenant.token(),
    query,
    variables,
  });
  if (errors !== undefined) throw new Error(JSON.stringify(errors));
  return data;
}

async function createClient(tenant: TestTenant): Promise<ClientLogin & { id: string }> {
  const { createClient: made } = await run(
    tenant,
    'mutation { createClient(input: { name: "Job", scopes: ["content:read"] }) { client { id clientId } secret } }',
  );
  return { id: made.client.id, clientId: made.client.clientId, clientSecret: made.secret };
}

async function isActive(tenant: TestTenant, token: string, asker: ClientLogin): Promise<boolean> {
  const path = `/t/${tenant.record.identifier}/oauth/introspect`;
  const { status, body } = await postForm(gateway, path, { token }, asker);
  expect(status).toBe(200);
  return body.active as boolean;
}

describe('what an API is told of a token', () => {
  it('is that of a client that was deleted, none counts any more', async () => {
    const [asker, job, foreign] = await Promise.all([
      createClient(acme),
      createClient(acme),
      createClient(globex),
    ]);
    const { body } = await clientCredentials(gateway, acme.record.identifier, job);
    const token = body.access_token as string;
    expect(await isActive(acme, token, asker)).toBe(true);
    expect(await isActive(globex, token, foreign)).toBe(false);
    await run(acme, 'mutation ($id: ID!) { deleteClient(input: { id: $id }) { deletedId } }', { id: job.id });
    await eventually(async () => expect(await isActive(acme, token, asker)).toBe(false), 3_000);
  });
});

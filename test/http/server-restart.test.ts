import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ERROR_CODES } from '../../src/lib/error-codes.ts';
import { ResourceStack } from '../../src/lib/resource-stack.ts';
import { registerBoth, startGateway, type TestGateway, type TestTenant } from '../support/gateway.ts';
import { openOwnServer, type OwnServer } from '../support/own-server.ts';
import { graphql } from '../support/request.ts';

/** Callers of each tenant that write at the same time. */
const WRITERS = 4;

/** How long they write before the server is killed, and after it is back, in milliseconds. */
const WRITING_MS = 700;

const stack = new ResourceStack();
let server: OwnServer;
let gateway: TestGateway;
let tenants: TestTenant[];

beforeAll(async () => {
  server = await openOwnServer();
  stack.use(server);
  gateway = await startGateway({}, { mongoUri: server.uri });
  stack.use(gateway);
  const { acme, globex } = await registerBoth(gateway);
  tenants = [acme, globex];
}, 60_000);

afterAll(() => stack[Symbol.asyncDispose]());

interface Written {
  name: string;
  id: string;
}

test('a server that is killed under load loses and doubles nothing, and every error has a code', async () => {
  const codes = new Set<string>();
  let hasEnded = false;
  /** Creates clients one after the other; whatever is not acknowledged is sent again with the same key. */
  const write = async (tenant: TestTenant, writer: number): Promise<Written[]> => {
    const token = await tenant.token();
    const written: Written[] = [];
    while (!hasEnded) {
      const name = `${tenant.record.identifier} ${writer} ${written.length}`;
      const input = { name, idempotencyKey: randomBytes(32).toString('hex') };
      for (let id: string | undefined; id === undefined;) {
        const { data, errors = [] } = await graphql({
          port: gateway.port,
          token,
          query:
            'mutation ($input: CreateClientInput!) { createClient(input: $input) { client { clientId } userErrors { code } } }',
          variables: { input },
        });
        for (const { extensions } of errors) codes.add(extensions.code);
        const made = data?.['createClient'] as { client: { clientId: string } | null } | null | undefined;
        id = made?.client?.clientId;
        if (id !== undefined) written.push({ name, id });
        else await sleep(50);
      }
    }
    return written;
  };
  const writing = tenants.map((tenant) =>
    Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(tenant, writer))),
  );
  await sleep(WRITING_MS);
  server.signal('SIGKILL');
  await sleep(WRITING_MS);
  await server.reopen();
  await sleep(WRITING_MS);
  hasEnded = true;
  const acknowledged = (await Promise.all(writing)).map((ofWriters) => ofWriters.flat());

  expect([...codes].filter((code) => !Object.hasOwn(ERROR_CODES, code) || code === 'INTERNAL')).toEqual([]);
  expect(codes).toContain('TENANT_UNAVAILABLE');
  for (const [index, { record }] of tenants.entries()) {
    const { client } = gateway.app.platform.control.db;
    const found = await client
      .db(record.placement.database)
      .collection<{ _id: string; name: string }>('clients')
      .find({ name: new RegExp(`^${record.identifier} \\d`) })
      .toArray();
    const asWritten = (acknowledged[index] ?? []).map(({ name, id }) => `${name} ${id}`).sort();
    expect(asWritten.length).toBeGreaterThan(WRITERS);
    expect(found.map(({ _id, name }) => `${name} ${_id}`).sort()).toEqual(asWritten);
  }
}, 60_000);

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Exchange } from '../../src/http/exchange.ts';
import { useDeadline } from '../../src/http/use-deadline.ts';
import { Abort } from '../../src/lib/abort.ts';
import { pipeline } from '../../src/lib/pipeline.ts';
import { registerBoth, startGateway, type TestGateway, type TestTenant } from '../support/gateway.ts';
import { speak } from '../support/raw-socket.ts';
import { graphql } from '../support/request.ts';
import { whileHeld } from '../support/while-held.ts';

let gateway: TestGateway;
let acme: TestTenant;
let globex: TestTenant;

beforeAll(async () => {
  gateway = await startGateway({ REQUEST_DEADLINE_MS: '1000' });
  ({ acme, globex } = await registerBoth(gateway));
});

afterAll(() => gateway[Symbol.asyncDispose]());

const tooLate = { code: 'DEADLINE_EXCEEDED', requestId: expect.any(String) as string };

describe('the deadline of a request', () => {
  it('leaves no timer behind, also where the next stage throws at once', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const run = (last: () => Promise<void>) =>
      pipeline([useDeadline(60_000)])({ abort: new Abort() } as unknown as Exchange, last);
    const before = timers();
    await run(() => Promise.resolve());
    await expect(run(() => Promise.reject(new Error('later')))).rejects.toThrow('later');
    const refuse = () => {
      throw new Error('at once');
    };
    await expect(run(refuse)).rejects.toThrow('at once');
    expect(timers()).toBe(before);
  });

  it('ends one whose tenant record cannot be written: 504', async () => {
    const { port, app } = gateway;
    const token = await globex.token();
    // The first request with a token notes that the tenant is in use.
    const tenants = app.platform.control.db.collection<{ _id: string }>('tenants');
    const held = { client: app.platform.control.db.client, collection: tenants, id: globex.record._id };
    await whileHeld(held, async () => {
      const reply = await graphql({ port, token, query: '{ viewer { kind } }' });
      expect(reply).toMatchObject({ status: 504, errors: [{ extensions: tooLate }] });
      expect(reply.errors![0]!.extensions['requestId']).toBe(reply.headers['x-request-id']);
      expect(reply).not.toHaveProperty('data');
    });
    expect(await graphql({ port, token, query: '{ viewer { kind } }' })).toMatchObject({
      data: { viewer: { kind: 'CLIENT' } },
    });
  });

  it('ends a command to the tenant’s database, and the rest of the answer stands', async () => {
    const { port, app } = gateway;
    const token = await acme.token();
    const created = await graphql({
      port,
      token,
      query: 'mutation { createClient(input: { name: "slow" }) { client { id clientId } } }',
    });
    const { client } = created.data?.['createClient'] as { client: { id: string; clientId: string } };
    const { db } = app.platform.control;
    const clients = db.client.db(acme.record.placement.database).collection<{ _id: string }>('clients');
    const query =
      'mutation ($id: ID!) { __typename updateClient(input: { id: $id, name: "changed" }) { client { name } } }';
    await whileHeld({ client: db.client, collection: clients, id: client.clientId }, async () => {
      const reply = await graphql({ port, token, query, variables: { id: client.id } });
      expect(reply).toMatchObject({
        status: 200,
        data: { __typename: 'Mutation', updateClient: null },
        errors: [{ path: ['updateClient'], extensions: tooLate }],
      });
      // Others are not held up.
      expect(
        await graphql({ port, path: '/t/globex/graphql', query: '{ tenant { identifier } }' }),
      ).toMatchObject({ status: 200 });
    });
    expect(await graphql({ port, token, query, variables: { id: client.id } })).toMatchObject({
      data: { updateClient: { client: { name: 'changed' } } },
    });
  });

  it('ends one whose body does not come: 504', async () => {
    const head =
      'POST /t/acme/graphql HTTP/1.1\r\nHost: gateway.test\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"query":';
    const reply = await speak(gateway.port, head);
    expect([reply.status, JSON.parse(reply.body)]).toMatchObject([
      504,
      { errors: [{ extensions: tooLate }] },
    ]);
  });
});

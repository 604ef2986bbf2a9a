import { afterAll, beforeAll, expect, test } from 'vitest';
import { registerBoth, startGateway, type TestGateway, type TestTenant } from '../support/gateway.ts';
import { graphql } from '../support/request.ts';

let gateway: TestGateway;
let acme: TestTenant;
let globex: TestTenant;

beforeAll(async () => {
  gateway = await startGateway();
  ({ acme, globex } = await registerBoth(gateway));
});

afterAll(() => gateway[Symbol.asyncDispose]());

/** One text, so that everything cached by document and schema is shared by all who send it. */
const QUERY = '{ tenant { identifier } viewer { kind subject scopes } clients { nodes { clientId } } }';

const ask = (identifier: string, token?: string, headers = {}) =>
  graphql({ port: gateway.port, path: `/t/${identifier}/graphql`, token, query: QUERY, headers });

test('a schema and a document that are shared know nothing of who asked first', async () => {
  const [first, second] = [await acme.token(), await globex.token(['settings:read'])];
  const subject = ({ record }: TestTenant) => record.provisioning.bootstrapClient;
  for (let round = 1; round <= 2; round += 1) {
    const own = await ask('acme', first);
    expect(own.data).toMatchObject({
      tenant: { identifier: 'acme' },
      viewer: { kind: 'CLIENT', subject: subject(acme) },
      clients: { nodes: [{ clientId: subject(acme) }] },
    });
    const weaker = await ask('globex', second);
    expect(weaker.data).toMatchObject({
      tenant: { identifier: 'globex' },
      viewer: { subject: subject(globex), scopes: ['settings:read'] },
      clients: null,
    });
    expect(weaker.errors?.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN']);
    const nobody = await ask('acme');
    expect(nobody.data).toMatchObject({
      viewer: { kind: 'ANONYMOUS', subject: null, scopes: [] },
      clients: null,
    });
    expect(nobody.errors?.map(({ extensions }) => extensions.code)).toEqual(['UNAUTHENTICATED']);
  }
});

test('a token in a cookie makes nobody a caller, at its own tenant or at another', async () => {
  const token = await acme.token();
  for (const identifier of ['acme', 'globex']) {
    for (const cookie of [
      `token=${token}`,
      `authorization=Bearer ${token}`,
      `access_token=${token}; session=${token}`,
    ]) {
      const reply = await ask(identifier, undefined, { cookie });
      expect(reply.data).toMatchObject({ tenant: { identifier }, viewer: { kind: 'ANONYMOUS' } });
      expect(reply.headers['set-cookie']).toBeUndefined();
    }
  }
});

import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOrdersApi } from '../../examples/protected-api/orders-api.ts';
import { freePort } from '../support/free-port.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { register } from '../support/platform.ts';
import { graphql } from '../support/request.ts';
import { type ClientLogin, clientCredentials } from '../support/sts.ts';

const AUDIENCE = 'https://orders.example';

interface Business {
  identifier: string;
  issuer: string;
  administrator: ClientLogin;
  /** May read orders, and nothing else. */
  reader: ClientLogin;
  api: string;
}

let gateway: TestGateway;
const closing: (() => void)[] = [];
let acme: Business;
let globex: Business;

beforeAll(async () => {
  const port = await freePort();
  gateway = await startGateway({ PORT: String(port), PUBLIC_URL: `http://localhost:${port}` });
  [acme, globex] = [await business('acme'), await business('globex')];
});

afterAll(async () => {
  for (const close of closing) close();
  await gateway[Symbol.asyncDispose]();
});

/** Registers, makes a resource and a client by GraphQL, and starts an API of its own: both have the same audience. */
async function business(identifier: string): Promise<Business> {
  const { tenant, bootstrap } = await register(gateway, { identifier, name: identifier });
  const run = async (query: string, variables: object) => {
    const { data, errors } = await graphql({
      port: gateway.port,
      token: bootstrap?.accessToken,
      query,
      variables,
    });
    expect(errors).toBeUndefined();
    return data as Record<string, Record<string, { id: string; clientId: string }>>;
  };
  const made = await run(
    `mutation ($audience: String!) {
      createResource(input: { name: "Orders", audience: $audience, scopes: [{ name: "orders:read" }, { name: "orders:write" }] }) { resource { id } }
      createClient(input: { name: "Reader", type: MACHINE }) { client { id clientId } secret }
    }`,
    { audience: AUDIENCE },
  );
  const client = made['createClient'] as unknown as {
    client: { id: string; clientId: string };
    secret: string;
  };
  await run(
    `mutation ($id: ID!, $resource: ID!) {
      grantClientScopes(input: { id: $id, resource: $resource, scopes: ["orders:read"] }) { userErrors { code } }
    }`,
    { id: client.client.id, resource: made['createResource']?.['resource']?.id },
  );
  const issuer = tenant?.issuer ?? '';
  const server = createOrdersApi({ issuer, audience: AUDIENCE });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => server.close());
  return {
    identifier,
    issuer,
    administrator: bootstrap!,
    reader: { clientId: client.client.clientId, clientSecret: client.secret },
    api: `http://127.0.0.1:${(server.address() as AddressInfo).port}/orders`,
  };
}

/** A token of the reader for the API. */
async function token({ identifier, reader }: Business): Promise<string> {
  const { body } = await clientCredentials(gateway, identifier, reader, { resource: AUDIENCE });
  return body.access_token as string;
}

function call(api: string, accessToken?: string, method = 'GET') {
  return fetch(api, {
    method,
    ...(accessToken === undefined ? {} : { headers: { authorization: `Bearer ${accessToken}` } }),
  });
}

describe('an API that trusts one tenant', () => {
  it('serves whoever has a token of that tenant for it', async () => {
    for (const each of [acme, globex]) {
      const response = await call(each.api, await token(each));
      expect([response.status, await response.json()]).toEqual([200, { orders: [] }]);
    }
  });

  it('refuses the same token at the API of another tenant, whose audience is the same', async () => {
    const response = await call(globex.api, await token(acme));
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
  });

  it('refuses a token for the gateway, no token and what is none', async () => {
    const { body } = await clientCredentials(gateway, 'acme', acme.administrator);
    expect((await call(acme.api, body.access_token as string)).status).toBe(401);
    expect((await call(acme.api)).headers.get('www-authenticate')).toBe('Bearer');
    const sound = await token(acme);
    for (const forged of [`${sound}x`, sound.slice(0, -5), 'nonsense', 'a.b.c']) {
      expect((await call(acme.api, forged)).status).toBe(401);
    }
  });

  it('asks for the scope of each route', async () => {
    const response = await call(acme.api, await token(acme), 'POST');
    expect(response.status).toBe(403);
    expect(response.headers.get('www-authenticate')).toBe(
      'Bearer error="insufficient_scope", scope="orders:write"',
    );
  });

  it('gives the client no token with a scope it was not granted', async () => {
    const { body } = await clientCredentials(gateway, 'acme', acme.reader, {
      resource: AUDIENCE,
      scope: 'orders:read orders:write',
    });
    expect(body.scope).toBe('orders:read');
  });

  it('is no gateway: its tokens open nothing there', async () => {
    const { errors } = await graphql({
      port: gateway.port,
      path: '/t/acme/graphql',
      token: await token(acme),
      query: '{ viewer { kind } }',
    });
    expect(errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
  });
});

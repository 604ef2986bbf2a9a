import { afterAll, beforeAll, expect, test } from 'vitest';
import { startGateway, registerBoth, type TestGateway } from '../support/gateway.ts';
import { graphql } from '../support/request.ts';

let gateway: TestGateway;
let tenants: Awaited<ReturnType<typeof registerBoth>>;

beforeAll(async () => {
  gateway = await startGateway();
  tenants = await registerBoth(gateway);
});

afterAll(() => gateway[Symbol.asyncDispose]());

test('registers a tenant and serves it by host, prefix and token', async () => {
  const { port } = gateway;
  const registered = await graphql({
    port,
    path: '/platform/graphql',
    query: `mutation { registerTenant(input: { identifier: "initech", name: "Initech" }) {
      tenant { id identifier status graphqlUrl issuer }
      bootstrap { accessToken clientId clientSecret expiresAt setPasswordUrl }
      userErrors { code message path } } }`,
  });
  expect(registered.errors).toBeUndefined();
  const payload = registered.data?.['registerTenant'] as {
    tenant: { id: string; status: string };
    bootstrap: { accessToken: string };
  };
  expect(payload.tenant.status).toBe('ACTIVE');
  const token = payload.bootstrap.accessToken;
  const query =
    '{ tenant { id identifier name status hosts } viewer { kind scopes } settings { locale revision origins { path origin } } modules { id enabled } clients { totalCount nodes { id name } } }';
  for (const options of [{ path: '/t/initech/graphql' }, { host: 'initech.gateway.test' }, {}]) {
    const reply = await graphql({ port, token, query, ...options });
    expect(reply.errors).toBeUndefined();
    expect(reply.data).toMatchObject({ tenant: { identifier: 'initech', id: payload.tenant.id } });
  }
  const mismatch = await graphql({ port, token, query, path: '/t/acme/graphql' });
  expect(mismatch).toMatchObject({ status: 403, errors: [{ extensions: { code: 'TENANT_MISMATCH' } }] });
  expect(tenants.acme.record.status).toBe('ACTIVE');
});

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createSite } from '../../examples/relying-party/site.ts';
import { freePort } from '../support/free-port.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { linkFor, setPasswordAt, signInAt, titleOf } from '../support/people.ts';
import { register } from '../support/platform.ts';
import { graphql } from '../support/request.ts';
import { UserAgent } from '../support/user-agent.ts';

/** The story of the seed: a business registers itself, manages its clients, and its people and its customers' sign in. */
let gateway: TestGateway;
const servers: Server[] = [];

beforeAll(async () => {
  const port = await freePort();
  gateway = await startGateway({ PORT: String(port), PUBLIC_URL: `http://localhost:${port}` });
});

afterAll(async () => {
  for (const server of servers) server.close();
  await gateway[Symbol.asyncDispose]();
});

/** A browser as the site sees it. */
class Visitor {
  readonly agent = new UserAgent(gateway);
  #cookie = '';

  constructor(readonly origin: string) {}

  async get(path: string): Promise<{ status: number; location: string; body: string }> {
    const response = await fetch(new URL(path, this.origin), {
      redirect: 'manual',
      headers: { cookie: this.#cookie },
    });
    const set = response.headers.getSetCookie().at(-1);
    if (set !== undefined) this.#cookie = set.split(';')[0] ?? '';
    return {
      status: response.status,
      location: response.headers.get('location') ?? '',
      body: await response.text(),
    };
  }

  /** Signs in at the provider and comes back; what the site then shows, or the title of the page it stopped at. */
  async signIn(email: string, password: string): Promise<string> {
    const { location } = await this.get('/login');
    const { shown } = await signInAt(this.agent, new URL(location), { email, password });
    if (shown.location === undefined) return titleOf(shown);
    const back = await this.get(shown.location.href);
    expect([back.status, back.location]).toEqual([302, '/']);
    return (await this.get('/')).body;
  }
}

/** A port for a site whose address its client must know before the site is made. */
async function reserve(): Promise<{ origin: string; serve(site: Server): Promise<void> }> {
  const port = await new Promise<number>((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port: free } = probe.address() as AddressInfo;
      probe.close(() => resolve(free));
    });
  });
  return {
    origin: `http://localhost:${port}`,
    serve: (site) => {
      servers.push(site);
      return new Promise((resolve) => site.listen(port, 'localhost', resolve));
    },
  };
}

it('registers a business, makes a client, signs its administrator in, and its customers apart from each other', async () => {
  const tenants = [];
  for (const identifier of ['acme', 'globex']) {
    const administrator = { email: 'boss@example.com' };
    const { tenant, bootstrap } = await register(gateway, { identifier, name: identifier, administrator });
    await setPasswordAt(gateway, bootstrap!.setPasswordUrl!, `the password of ${identifier}`);
    const run = async (query: string, variables: object = {}) => {
      const { data, errors } = await graphql({
        port: gateway.port,
        token: bootstrap!.accessToken,
        query,
        variables,
      });
      expect(errors).toBeUndefined();
      // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the answer is JSON of whatever was asked for
      return data as any;
    };
    tenants.push({ identifier, issuer: tenant!.issuer, run });
  }
  const [acme, globex] = tenants as [(typeof tenants)[0], (typeof tenants)[0]];

  const { origin, serve } = await reserve();
  // The same client, and one site for each customer.
  const shops = { north: await reserve(), south: await reserve() };
  const { createClient } = await acme.run(
    `mutation ($callbacks: [String!]!, $home: String!) {
      createClient(input: { name: "Shop", type: SPA, isMultiTenant: true, scopes: ["content:read"], redirectUris: $callbacks, postLogoutRedirectUris: [$home] }) {
        client { id clientId } userErrors { code message }
      }
    }`,
    {
      callbacks: [origin, ...Object.values(shops).map((shop) => shop.origin)].map((at) => `${at}/callback`),
      home: `${origin}/`,
    },
  );
  expect(createClient.userErrors).toEqual([]);
  const { id: application, clientId } = createClient.client as { id: string; clientId: string };
  await serve(await createSite({ issuer: acme.issuer, clientId, origin }));

  const boss = new Visitor(origin);
  expect((await boss.get('/')).body).toContain('You are nobody here.');
  expect(await boss.signIn('boss@example.com', 'the password of acme')).toContain(
    'Hello, <strong>boss@example.com',
  );
  // Who does not want to is told so; whatever stands in the answer is text.
  const reluctant = new Visitor(origin);
  const page = await reluctant.agent.visit(new URL((await reluctant.get('/login')).location));
  const { location: refusal } = await reluctant.agent.submit(page.url, { decision: 'cancel' });
  expect((await reluctant.get(refusal!.href)).body).toContain('failed: The person did not want to sign in.');
  const begun = new URL((await reluctant.get('/login')).location);
  const forged = new URLSearchParams({
    error: 'access_denied',
    error_description: '<script>alert(1)</script>',
    state: begun.searchParams.get('state') ?? '',
    iss: acme.issuer,
  });
  const told = (await reluctant.get(`/callback?${forged.toString()}`)).body;
  expect([told.includes('<script>'), told.includes('failed: &#60;script&#62;')]).toEqual([false, true]);
  // The same person at another tenant is another one.
  expect(await new Visitor(origin).signIn('boss@example.com', 'the password of globex')).toBe('Sign in');
  expect(globex.issuer).not.toBe(acme.issuer);
  const out = await boss.get('/logout');
  expect(out.location).toContain(`${acme.issuer}/oauth/logout?`);
  expect((await boss.get('/')).body).toContain('You are nobody here.');

  for (const identifier of ['north', 'south']) {
    const { createApplicationTenant: made } = await acme.run(
      `mutation ($application: ID!, $identifier: String!) {
        createApplicationTenant(input: { application: $application, identifier: $identifier, name: $identifier }) { applicationTenant { id } }
      }`,
      { application, identifier },
    );
    await acme.run(
      `mutation ($place: ID!) { createUser(input: { email: "ada@example.com", name: "Ada", applicationTenant: $place }) { user { id } } }`,
      { place: made.applicationTenant.id },
    );
    await setPasswordAt(
      gateway,
      linkFor(gateway, 'ada@example.com', acme.issuer),
      `the password of ${identifier}`,
    );
  }
  for (const [applicationTenant, place] of Object.entries(shops)) {
    await place.serve(
      await createSite({ issuer: acme.issuer, clientId, origin: place.origin, applicationTenant }),
    );
    expect(
      await new Visitor(place.origin).signIn('ada@example.com', `the password of ${applicationTenant}`),
    ).toContain('Hello, <strong>Ada');
    const other = applicationTenant === 'north' ? 'south' : 'north';
    expect(await new Visitor(place.origin).signIn('ada@example.com', `the password of ${other}`)).toBe(
      'Sign in',
    );
    expect(await new Visitor(place.origin).signIn('boss@example.com', 'the password of acme')).toBe(
      'Sign in',
    );
  }
});

import * as oidc from 'openid-client';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Application, openApplication } from '../support/application.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { registerBoth, startGateway, type TestGateway, type TestTenant } from '../support/gateway.ts';
import { linkFor, mutate, setPasswordAt, signInAt, titleOf } from '../support/people.ts';
import { graphql } from '../support/request.ts';
import { UserAgent } from '../support/user-agent.ts';

/** One person's address, in every place. */
const email = 'ada@example.com';
const passwordOf = (place: string) => `the password of ${place}`;

let gateway: TestGateway;
let acme: TestTenant;
let globex: TestTenant;
/** Of acme: one that has north and south, and one that has west. */
let shop: Application;
let desk: Application;
const ids: Record<string, string> = {};

beforeAll(async () => {
  const port = await freePort();
  gateway = await startGateway({ PORT: String(port), PUBLIC_URL: `http://localhost:${port}` });
  ({ acme, globex } = await registerBoth(gateway));
  const multiTenant = { isMultiTenant: true, scopes: ['content:read'] };
  shop = await openApplication(gateway, acme, { ...multiTenant, name: 'Shop' });
  desk = await openApplication(gateway, acme, { ...multiTenant, name: 'Desk' });
  for (const [name, application] of [
    ['north', shop],
    ['south', shop],
    ['west', desk],
  ] as const) {
    const input = { identifier: name, name: `The ${name}`, application: await globalIdOf(application) };
    const { applicationTenant } = await mutate(
      gateway,
      acme,
      'createApplicationTenant',
      input,
      'applicationTenant { id }',
    );
    ids[name] = (applicationTenant as { id: string }).id;
  }
  await person(acme, 'acme');
  await person(globex, 'globex');
  for (const name of ['north', 'south', 'west']) await person(acme, name, { applicationTenant: ids[name] });
});

afterAll(async () => {
  await shop?.[Symbol.asyncDispose]();
  await desk?.[Symbol.asyncDispose]();
  await gateway?.[Symbol.asyncDispose]();
});

async function globalIdOf({ clientId }: Application): Promise<string> {
  const query = '{ clients(first: 50) { nodes { id clientId } } }';
  const { data } = await graphql({ port: gateway.port, token: await acme.token(), query });
  const { nodes } = data!['clients'] as { nodes: { id: string; clientId: string }[] };
  return nodes.find((node) => node.clientId === clientId)!.id;
}

async function person(tenant: TestTenant, place: string, input: object = {}): Promise<void> {
  await mutate(gateway, tenant, 'createUser', { email, scopes: ['content:read'], ...input }, 'user { id }');
  await setPasswordAt(gateway, linkFor(gateway, email, tenant.record.issuer), passwordOf(place));
}

/** Where an application sends a browser that comes to one of its customers. */
function urlOf(application: Application, place?: string, parameters: object = {}): Promise<URL> {
  return application.signInUrl({
    scope: 'openid email offline_access content:read',
    prompt: 'consent',
    ...(place === undefined ? {} : { app_tenant: place }),
    ...parameters,
  });
}

/** The tokens of a person who signs in at a place. */
async function tokensAt(application: Application, place: string | undefined, agent = new UserAgent(gateway)) {
  const { shown } = await signInAt(agent, await urlOf(application, place), {
    email,
    password: passwordOf(place ?? 'acme'),
  });
  await fetch(shown.location!);
  return application.last.tokens!;
}

async function placeOf(token: string): Promise<unknown> {
  const { data, errors } = await graphql({
    port: gateway.port,
    token,
    query: '{ viewer { applicationTenant } }',
  });
  const viewer = data?.['viewer'] as { applicationTenant: string | null } | undefined;
  if (viewer == null) return errors?.[0]?.extensions.code;
  return (
    Object.entries(ids).find(([, id]) => id === viewer.applicationTenant)?.[0] ?? viewer.applicationTenant
  );
}

describe('one address at several places of a tenant', () => {
  it.each([undefined, 'north', 'south'])('is the person of the place that is named: %s', async (place) => {
    const tokens = await tokensAt(shop, place);
    const claims = decodeJwt(tokens.access_token);
    expect(claims['app_tenant'] === undefined).toBe(place === undefined);
    expect(await placeOf(tokens.access_token)).toBe(place ?? null);
    const refreshed = await oidc.refreshTokenGrant(shop.config, tokens.refresh_token!);
    expect(decodeJwt(refreshed.access_token)['app_tenant']).toBe(claims['app_tenant']);
    expect(refreshed.claims()?.sub).toBe(claims.sub);
  });

  it('has a password of its own at each', async () => {
    for (const [place, other] of [
      ['north', 'south'],
      ['south', 'north'],
      ['north', 'acme'],
      [undefined, 'north'],
    ] as const) {
      const { shown } = await signInAt(new UserAgent(gateway), await urlOf(shop, place), {
        email,
        password: passwordOf(other),
      });
      expect([shown.status, titleOf(shown)]).toEqual([422, 'Sign in']);
    }
  });

  it('sees the name of the place on its pages', async () => {
    const { body } = await new UserAgent(gateway).visit(await urlOf(shop, 'north'));
    expect(body).toContain('<title>Sign in · The north</title>');
  });

  it('chooses another password for one of them alone', async () => {
    const agent = new UserAgent(gateway);
    const { url } = await agent.visit(await urlOf(shop, 'south'));
    await agent.submit(new URL(`${url.pathname}/forgot`, url), { email });
    const link = await eventually(() => {
      const found = linkFor(gateway, email, acme.record.issuer);
      expect(found).toMatch(/token=/);
      return found;
    });
    expect(titleOf(await setPasswordAt(gateway, link, 'another one of the south'))).toBe(
      'Your password is set',
    );
    const credentials = { email, password: 'another one of the south' };
    const { answer } = await signInAt(new UserAgent(gateway), await urlOf(shop, 'south'), credentials);
    expect(answer.get('code')).toBeTruthy();
    expect(await placeOf((await tokensAt(shop, 'north')).access_token)).toBe('north');
    await mutate(gateway, acme, 'sendPasswordLink', { id: await userIdOf('south') }, 'user { id }');
    await setPasswordAt(gateway, linkFor(gateway, email, acme.record.issuer), passwordOf('south'));
  });
});

async function userIdOf(place: string): Promise<string> {
  const query = 'query ($id: ID!) { users(filter: { applicationTenant: $id }) { nodes { id } } }';
  const variables = { id: ids[place] };
  const { data } = await graphql({ port: gateway.port, token: await acme.token(), query, variables });
  return (data!['users'] as { nodes: { id: string }[] }).nodes[0]!.id;
}

describe('a place that is none of the application', () => {
  it.each(['west', 'nowhere', 'x'.repeat(5_000), "' || 1", '$ne'])(
    'is refused alike: %.20s',
    async (place) => {
      const { shown, answer } = await signInAt(new UserAgent(gateway), await urlOf(shop, place), {
        email,
        password: passwordOf('west'),
      });
      expect(shown.location?.origin).toBe(shop.origin);
      expect([answer.get('error'), answer.get('error_description')]).toEqual([
        'access_denied',
        'This application has no such tenant.',
      ]);
    },
  );

  it('is refused in a tenant that has none', async () => {
    await using elsewhere = await openApplication(gateway, globex, { isMultiTenant: true });
    const { answer } = await signInAt(new UserAgent(gateway), await urlOf(elsewhere, 'north'), {
      email,
      password: passwordOf('globex'),
    });
    expect(answer.get('error_description')).toBe('This application has no such tenant.');
  });
});

describe('a session', () => {
  it('that nobody has is ended without a page in between', async () => {
    const { body, status } = await new UserAgent(gateway).visit(
      new URL(`${acme.record.issuer}/oauth/logout`),
    );
    expect([status, titleOf({ body })]).toEqual([200, 'You are signed out']);
  });

  it('is ended on a page of the place it belongs to', async () => {
    const ownerOf = async (place: string | undefined) => {
      const agent = new UserAgent(gateway);
      await tokensAt(shop, place, agent);
      const { body } = await agent.visit(new URL(`${acme.record.issuer}/oauth/logout`));
      expect(titleOf({ body })).toBe('Do you want to sign out?');
      return /<p class="owner">([^<]*)<\/p>/.exec(body)?.[1];
    };
    expect(await ownerOf('north')).toBe('The north');
    expect(await ownerOf(undefined)).toBe(acme.record.name);
  });

  it('counts at its own place alone: elsewhere somebody has to sign in', async () => {
    const agent = new UserAgent(gateway);
    await tokensAt(shop, 'north', agent);
    const ask = async (application: Application, place: string | undefined) => {
      const url = await urlOf(application, place, { prompt: 'none' });
      const { answer } = await signInAt(agent, url, { email: '', password: '' });
      return answer.get('error') ?? 'code';
    };
    expect(await ask(shop, 'north')).toBe('code');
    expect(await ask(shop, ids['north']! && 'south')).toBe('login_required');
    // Its own place needs no name; another application is none of its business.
    expect(await ask(shop, undefined)).toBe('code');
    expect(await ask(desk, undefined)).toBe('login_required');
    expect(await ask(desk, 'west')).toBe('login_required');
  });

  it('of the tenant itself is none at its application tenants', async () => {
    const agent = new UserAgent(gateway);
    await tokensAt(shop, undefined, agent);
    const shown = await agent.visit(await urlOf(shop, 'north'));
    expect(titleOf(shown)).toBe('Sign in');
  });

  it('gives way to the one of another place, without a page in between', async () => {
    const agent = new UserAgent(gateway);
    await tokensAt(shop, 'north', agent);
    const south = await tokensAt(shop, 'south', agent);
    expect(await placeOf(south.access_token)).toBe('south');
    const url = await urlOf(shop, 'north', { prompt: 'none' });
    const { answer } = await signInAt(agent, url, { email: '', password: '' });
    expect(answer.get('error')).toBe('login_required');
  });
});

describe('a suspended place', () => {
  it('ends codes and refresh tokens and takes no sign-ins; its neighbour goes on', async () => {
    const north = await tokensAt(shop, 'north');
    const south = await tokensAt(shop, 'south');
    const pending = await signInAt(new UserAgent(gateway), await urlOf(shop, 'north'), {
      email,
      password: passwordOf('north'),
    });
    await mutate(gateway, acme, 'suspendApplicationTenant', { id: ids['north'] }, 'applicationTenant { id }');
    await eventually(async () => expect(await placeOf(north.access_token)).toBe('UNAUTHENTICATED'));
    await expect(oidc.refreshTokenGrant(shop.config, north.refresh_token!)).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    await fetch(pending.shown.location!);
    expect(shop.last.error).toContain('invalid_grant');
    const { answer } = await signInAt(new UserAgent(gateway), await urlOf(shop, 'north'), {
      email,
      password: passwordOf('north'),
    });
    expect(answer.get('error_description')).toBe('This application has no such tenant.');
    expect(await placeOf(south.access_token)).toBe('south');
    expect((await oidc.refreshTokenGrant(shop.config, south.refresh_token!)).access_token).toBeTruthy();
  });
});

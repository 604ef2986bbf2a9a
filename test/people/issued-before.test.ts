import { decodeJwt, decodeProtectedHeader } from 'jose';
import * as oidc from 'openid-client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Application, openApplication } from '../support/application.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { forge, privateKeyOf } from '../support/forged-token.ts';
import { registerBoth, startGateway, type TestGateway, type TestTenant } from '../support/gateway.ts';
import { linkFor, mutate, setPasswordAt, signInAt, titleOf } from '../support/people.ts';
import { graphql, send } from '../support/request.ts';
import { UserAgent } from '../support/user-agent.ts';

const SCOPE = 'openid email offline_access content:read tenant:read';

type Side = 'acme' | 'globex';

let gateway: TestGateway;
let tenants: Record<Side, TestTenant>;
let applications: Record<Side, Application>;
let count = 0;
/** Fresh for each test; the same address at both tenants. */
let email: string;
let users: Record<Side, string>;
/** Of the one application tenant acme has. */
let place: string;

beforeAll(async () => {
  const port = await freePort();
  gateway = await startGateway({ PORT: String(port), PUBLIC_URL: `http://localhost:${port}` });
  tenants = await registerBoth(gateway);
  const open = (side: Side) =>
    openApplication(gateway, tenants[side], { isMultiTenant: true, scopes: ['content:read', 'tenant:read'] });
  applications = { acme: await open('acme'), globex: await open('globex') };
  const query = '{ clients(first: 50) { nodes { id clientId } } }';
  const { data } = await graphql({ port: gateway.port, token: await tenants.acme.token(), query });
  const { nodes } = data!['clients'] as { nodes: { id: string; clientId: string }[] };
  const { id } = nodes.find(({ clientId }) => clientId === applications.acme.clientId)!;
  const north = { identifier: 'north', name: 'North', application: id };
  const made = await change('acme', 'createApplicationTenant', north, 'applicationTenant { id }');
  place = (made['applicationTenant'] as { id: string }).id;
});

beforeEach(async () => {
  count += 1;
  email = `ada${count}@example.com`;
  users = { acme: await person('acme'), globex: await person('globex') };
});

afterAll(async () => {
  for (const application of Object.values(applications ?? {})) await application[Symbol.asyncDispose]();
  await gateway?.[Symbol.asyncDispose]();
});

function change(side: Side, field: string, input: object, selection = 'user { id }') {
  return mutate(gateway, tenants[side], field, input, selection);
}

async function person(side: Side): Promise<string> {
  const made = await change(side, 'createUser', { email, scopes: ['content:read'] });
  await setPassword(side);
  return (made['user'] as { id: string }).id;
}

async function setPassword(side: Side): Promise<void> {
  await setPasswordAt(
    gateway,
    linkFor(gateway, email, tenants[side].record.issuer),
    `the password of ${email}`,
  );
}

/** What somebody gets who signs in, or what they are shown instead. */
async function signIn(side: Side, parameters: Record<string, string> = {}, agent = new UserAgent(gateway)) {
  const url = await applications[side].signInUrl({ scope: SCOPE, prompt: 'consent', ...parameters });
  const { shown } = await signInAt(agent, url, { email, password: `the password of ${email}` });
  if (shown.location === undefined) throw new Error(titleOf(shown));
  await fetch(shown.location);
  return { ...applications[side].last.tokens!, agent };
}

type Tokens = Awaited<ReturnType<typeof signIn>>;

/** What the gateway and introspection say of an access token; that they agree is part of every test. */
async function isAccepted(
  side: Side,
  { access_token: token }: Pick<Tokens, 'access_token'>,
): Promise<boolean> {
  const { data } = await graphql({ port: gateway.port, token, query: '{ viewer { kind } }' });
  const { active } = await oidc.tokenIntrospection(applications[side].config, token);
  expect(active).toBe((data?.['viewer'] ?? undefined) !== undefined);
  return active;
}

/** What introspection says of a refresh token, and whether it still gets tokens. */
async function isRefreshing(side: Side, { refresh_token: token }: Pick<Tokens, 'refresh_token'>) {
  const { config } = applications[side];
  const { active } = await oidc.tokenIntrospection(config, token!);
  const refreshed = await oidc
    .refreshTokenGrant(config, token!)
    .catch(({ error }: { error: string }) => error);
  return typeof refreshed === 'string' ? { active, refreshed } : { active, refreshed: 'yes' };
}

/** Whether a browser that signed in before is let in without a password. */
async function isSignedIn(side: Side, { agent }: Tokens): Promise<boolean> {
  const url = await applications[side].signInUrl({ scope: SCOPE, prompt: 'none' });
  const { location } = await agent.visit(url);
  return location?.searchParams.has('code') === true;
}

const ENDED = { active: false, refreshed: 'invalid_grant' };
/** Long enough for a sign-in not to be of the same second as what ends it. */
const apart = () => new Promise((resolve) => setTimeout(resolve, 1_100));

describe('introspection and the gateway say the same of a token', () => {
  it('of somebody whose scopes were taken away, and of one that is issued right after', async () => {
    const [before, foreign] = [await signIn('acme'), await signIn('globex')];
    expect([await isAccepted('acme', before), await isAccepted('globex', foreign)]).toEqual([true, true]);
    expect((await oidc.tokenIntrospection(applications.globex.config, before.access_token)).active).toBe(
      false,
    );
    // In the same second, most of the time: what decides is what was issued, not when.
    await change('acme', 'revokeUserScopes', { id: users.acme, scopes: ['content:read'] });
    expect(await isAccepted('acme', before)).toBe(false);
    const after = await signIn('acme');
    expect(await isAccepted('acme', after)).toBe(true);
    expect([await isAccepted('acme', before), await isAccepted('globex', foreign)]).toEqual([false, true]);
    const { gen } = decodeJwt(after.access_token);
    expect(gen).not.toBe(decodeJwt(before.access_token)['gen']);
    expect(await oidc.tokenIntrospection(applications.acme.config, after.access_token)).not.toHaveProperty(
      'gen',
    );
  });

  it('of somebody who was suspended, also once they are back', async () => {
    const [before, foreign] = [await signIn('acme'), await signIn('globex')];
    await change('acme', 'suspendUser', { id: users.acme });
    expect(await isAccepted('acme', before)).toBe(false);
    await change('acme', 'resumeUser', { id: users.acme });
    expect(await isAccepted('acme', before)).toBe(false);
    expect(await isAccepted('acme', await signIn('acme'))).toBe(true);
    expect(await isAccepted('globex', foreign)).toBe(true);
  });

  it('of somebody of an application tenant that is suspended', async () => {
    await change('acme', 'createUser', { email, applicationTenant: place, scopes: ['content:read'] });
    await setPassword('acme');
    const [own, customer] = [await signIn('acme'), await signIn('acme', { app_tenant: 'north' })];
    expect([await isAccepted('acme', own), await isAccepted('acme', customer)]).toEqual([true, true]);
    await change('acme', 'suspendApplicationTenant', { id: place }, 'applicationTenant { status }');
    expect([await isAccepted('acme', own), await isAccepted('acme', customer)]).toEqual([true, false]);
    expect(await isRefreshing('acme', customer)).toEqual(ENDED);
    await change('acme', 'resumeApplicationTenant', { id: place }, 'applicationTenant { status }');
  });

  it('of a token that says nothing of what its account was, to the second', async () => {
    const tokens = await signIn('acme');
    const { gen: _gen, ...claims } = decodeJwt(tokens.access_token);
    const forged = (changes: object) => {
      const header = decodeProtectedHeader(tokens.access_token);
      return { access_token: forge(header, { ...claims, ...changes }, privateKeyOf(gateway, tenants.acme)) };
    };
    expect(await isAccepted('acme', forged({}))).toBe(true);
    expect(await isAccepted('acme', forged({ iat: claims.iat! - 60 }))).toBe(false);
    expect(await isAccepted('acme', forged({ gen: 'of another' }))).toBe(false);
  });
});

describe('what somebody got before', () => {
  it('ends when their password is set anew: tokens, refresh tokens and sessions', async () => {
    const [before, foreign] = [await signIn('acme'), await signIn('globex')];
    expect([await isSignedIn('acme', before), await isSignedIn('globex', foreign)]).toEqual([true, true]);
    await apart();
    const visit = await before.agent.visit(
      await applications.acme.signInUrl({ scope: SCOPE, prompt: 'login', login_hint: email }),
    );
    await before.agent.submit(new URL(`${visit.url.href}/forgot`), { email });
    await eventually(() => setPassword('acme'));
    expect(await isAccepted('acme', before)).toBe(false);
    expect(await isSignedIn('acme', before)).toBe(false);
    expect(await isRefreshing('acme', before)).toEqual(ENDED);

    const after = await signIn('acme', {}, before.agent);
    expect([await isAccepted('acme', after), await isSignedIn('acme', after)]).toEqual([true, true]);
    expect(await isRefreshing('acme', after)).toEqual({ active: true, refreshed: 'yes' });
    expect([await isAccepted('globex', foreign), await isSignedIn('globex', foreign)]).toEqual([true, true]);
    expect(await isRefreshing('globex', foreign)).toEqual({ active: true, refreshed: 'yes' });
  });

  it('ends too where the password was typed before and the browser came back for its session after', async () => {
    for (const side of ['acme', 'globex'] as const) {
      const agent = new UserAgent(gateway);
      const page = await agent.visit(await applications[side].signInUrl({ scope: SCOPE, prompt: 'consent' }));
      const typed = await send({
        port: gateway.port,
        method: 'POST',
        path: page.url.pathname,
        headers: {
          host: page.url.host,
          origin: page.url.origin,
          'content-type': 'application/x-www-form-urlencoded',
          cookie: [...agent.cookies].map(([name, { value }]) => `${name}=${value}`).join('; '),
        },
        body: new URLSearchParams({ email, password: `the password of ${email}` }).toString(),
      });
      expect(typed.status).toBe(303);
      await apart();
      await change(side, 'revokeUserScopes', { id: users[side], scopes: ['content:read'] });
      const resumed = await agent.visit(new URL(typed.headers['location'] as string, page.url));
      expect(titleOf(resumed)).toBe('Sign in');
    }
  });
});

import * as oidc from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TENANT_SCOPES } from '../../src/auth/scopes.ts';
import { modules } from '../../src/modules/index.ts';
import { discovered } from '../support/discovered.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { registerBoth, startGateway, type TestGateway, type TestTenant } from '../support/gateway.ts';
import { graphql } from '../support/request.ts';
import { postForm } from '../support/sts.ts';
import { peopleModule, testPeople } from '../support/test-people.ts';
import { UserAgent } from '../support/user-agent.ts';

const REDIRECT = 'https://app.example/callback';

let gateway: TestGateway;
let acme: TestTenant;
let globex: TestTenant;
const people = testPeople();
/** Its people stand in the place of users. */
const withoutUsers = modules.filter(({ id }) => id !== 'users' && id !== 'application-tenants');

beforeAll(async () => {
  const port = await freePort();
  gateway = await startGateway(
    { PORT: String(port), PUBLIC_URL: `http://localhost:${port}`, BASE_DOMAIN: 'tenants.test' },
    { modules: [...withoutUsers, peopleModule(people)] },
  );
  ({ acme, globex } = await registerBoth(gateway));
  for (const { record } of [acme, globex]) {
    people.add(record._id, {
      subject: 'ann',
      scopes: new Set(['content:read', 'tenant:read']),
      claims: { email: 'ann@example.com', email_verified: true },
    });
  }
});
afterAll(() => gateway[Symbol.asyncDispose]());

async function createClient(
  tenant: TestTenant,
  input: object,
): Promise<{ clientId: string; secret: string | undefined }> {
  const { data, errors } = await graphql({
    port: gateway.port,
    token: await tenant.token(TENANT_SCOPES),
    query: `mutation ($input: CreateClientInput!) {
      createClient(input: $input) { client { clientId } secret userErrors { code path } } }`,
    variables: {
      input: { name: 'App', redirectUris: [REDIRECT], scopes: ['content:read', 'content:write'], ...input },
    },
  });
  const payload = data?.['createClient'] as
    { client: { clientId: string }; secret: string | null } | undefined;
  if (payload?.client === undefined) throw new Error(JSON.stringify({ data, errors }));
  return { clientId: payload.client.clientId, secret: payload.secret ?? undefined };
}

/** A relying party that knows nothing but the issuer. */
async function relyingParty(tenant: TestTenant, input: object = { kind: 'PUBLIC' }) {
  const { clientId, secret } = await createClient(tenant, input);
  const config = await discovered(tenant.record.issuer, clientId, secret);
  return { config, clientId };
}

async function authorize(
  config: oidc.Configuration,
  parameters: Record<string, string> = {},
  agent = new UserAgent(gateway),
): Promise<{ callback: URL; verifier: string; agent: UserAgent }> {
  const verifier = oidc.randomPKCECodeVerifier();
  const address = oidc.buildAuthorizationUrl(config, {
    redirect_uri: REDIRECT,
    scope: 'openid email content:read content:write',
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    login_hint: 'ann',
    ...parameters,
  });
  const { location, body } = await agent.visit(address);
  if (location === undefined) throw new Error(body);
  return { callback: location, verifier, agent };
}

async function signIn(tenant: TestTenant, input?: object) {
  const { config, clientId } = await relyingParty(tenant, input);
  const { callback, verifier, agent } = await authorize(config);
  const tokens = await oidc.authorizationCodeGrant(config, callback, { pkceCodeVerifier: verifier });
  return { config, clientId, callback, verifier, tokens, agent };
}

async function viewer(token: string): Promise<unknown> {
  const { data, errors } = await graphql({
    port: gateway.port,
    token,
    query: '{ viewer { kind subject scopes } }',
  });
  return errors?.[0]?.extensions.code ?? data?.['viewer'];
}

describe('the authorization code grant', () => {
  it('signs a person in, with scopes that client and person both have', async () => {
    const { tokens, callback } = await signIn(acme);
    expect(callback.searchParams.get('iss')).toBe(acme.record.issuer);
    expect(tokens.claims()).toMatchObject({ iss: acme.record.issuer, sub: 'ann', email: 'ann@example.com' });
    expect(await viewer(tokens.access_token)).toEqual({
      kind: 'USER',
      subject: 'ann',
      scopes: ['content:read'],
    });
  });

  it('takes a pushed request', async () => {
    const { config } = await relyingParty(acme, { kind: 'CONFIDENTIAL' });
    const verifier = oidc.randomPKCECodeVerifier();
    const address = await oidc.buildAuthorizationUrlWithPAR(config, {
      redirect_uri: REDIRECT,
      scope: 'openid',
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      login_hint: 'ann',
    });
    const { location } = await new UserAgent(gateway).visit(address);
    const tokens = await oidc.authorizationCodeGrant(config, location!, { pkceCodeVerifier: verifier });
    // With scopes of OpenID Connect alone, the token is for the userinfo endpoint.
    expect(await oidc.fetchUserInfo(config, tokens.access_token, 'ann')).toMatchObject({ sub: 'ann' });
  });

  it('asks public clients for a challenge, and everybody for S256', async () => {
    const { config } = await relyingParty(acme);
    const weak = [
      { code_challenge: '', code_challenge_method: '' },
      { code_challenge: 'a'.repeat(43), code_challenge_method: 'plain' },
    ];
    for (const parameters of weak) {
      const { callback } = await authorize(config, parameters);
      expect([callback.searchParams.get('error'), callback.searchParams.get('code')]).toEqual([
        'invalid_request',
        null,
      ]);
    }
  });

  it('sends codes to registered addresses alone', async () => {
    const { config } = await relyingParty(acme);
    for (const redirect of [`${REDIRECT}/`, 'https://app.example.evil.example/callback', `${REDIRECT}?x=1`]) {
      await expect(authorize(config, { redirect_uri: redirect })).rejects.toThrow('redirect_uri');
    }
  });

  it('takes a code once; a replay ends what it led to', async () => {
    const { config, callback, verifier, tokens, clientId } = await signIn(acme);
    const replay = await postForm(gateway, '/t/acme/oauth/token', {
      grant_type: 'authorization_code',
      code: callback.searchParams.get('code')!,
      redirect_uri: REDIRECT,
      code_verifier: verifier,
      client_id: clientId,
    });
    expect([replay.status, replay.body.error]).toEqual([400, 'invalid_grant']);
    await expect(oidc.refreshTokenGrant(config, tokens.refresh_token!)).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    await eventually(async () => expect(await viewer(tokens.access_token)).toBe('UNAUTHENTICATED'), 3_000);
  });

  it('lets one of ten win that bring the same code at once, or none', async () => {
    const { config, clientId } = await relyingParty(acme);
    const { callback, verifier } = await authorize(config);
    const replies = await Promise.all(
      Array.from({ length: 10 }, () =>
        postForm(gateway, '/t/acme/oauth/token', {
          grant_type: 'authorization_code',
          code: callback.searchParams.get('code')!,
          redirect_uri: REDIRECT,
          code_verifier: verifier,
          client_id: clientId,
        }),
      ),
    );
    expect(replies.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1);
    expect(replies.every(({ status }) => status === 200 || status === 400)).toBe(true);
  });

  it('knows no code, refresh token or session of another tenant', async () => {
    const { config, clientId } = await relyingParty(acme);
    const other = await relyingParty(globex);
    const { callback, verifier, agent } = await authorize(config);
    for (const client_id of [clientId, other.clientId]) {
      const { status, body } = await postForm(gateway, '/t/globex/oauth/token', {
        grant_type: 'authorization_code',
        code: callback.searchParams.get('code')!,
        redirect_uri: REDIRECT,
        code_verifier: verifier,
        client_id,
      });
      expect([400, 401]).toContain(status);
      expect(body.access_token).toBeUndefined();
    }
    const thief = new UserAgent(gateway);
    thief.steal(agent);
    const { callback: answer } = await authorize(other.config, { prompt: 'none' }, thief);
    expect(answer.searchParams.get('error')).toBe('login_required');
    const { tokens } = await signIn(acme);
    await expect(oidc.refreshTokenGrant(other.config, tokens.refresh_token!)).rejects.toMatchObject({
      error: 'invalid_grant',
    });
  });
});

describe('refresh tokens', () => {
  it('rotate; one that is used twice ends its family', async () => {
    const { config, tokens } = await signIn(acme);
    const next = await oidc.refreshTokenGrant(config, tokens.refresh_token!);
    expect(await viewer(next.access_token)).toMatchObject({ subject: 'ann' });
    await expect(oidc.refreshTokenGrant(config, tokens.refresh_token!)).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    await expect(oidc.refreshTokenGrant(config, next.refresh_token!)).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    await eventually(async () => expect(await viewer(next.access_token)).toBe('UNAUTHENTICATED'), 3_000);
  });

  it('end with their account', async () => {
    people.add(acme.record._id, { subject: 'bob', scopes: new Set(), claims: {} });
    const { config } = await relyingParty(acme);
    const { callback, verifier } = await authorize(config, { login_hint: 'bob' });
    const tokens = await oidc.authorizationCodeGrant(config, callback, { pkceCodeVerifier: verifier });
    expect(await oidc.tokenIntrospection(config, tokens.access_token)).toMatchObject({ active: true });
    people.remove(acme.record._id, 'bob');
    expect(await oidc.tokenIntrospection(config, tokens.access_token)).toEqual({ active: false });
    await expect(oidc.refreshTokenGrant(config, tokens.refresh_token!)).rejects.toMatchObject({
      error: 'invalid_grant',
    });
  });
});

describe('revocation', () => {
  it('ends an access token within a second, for its own client alone', async () => {
    const { config, tokens } = await signIn(acme, { kind: 'CONFIDENTIAL' });
    const other = await relyingParty(acme, { kind: 'CONFIDENTIAL' });
    const foreign = await relyingParty(globex, { kind: 'CONFIDENTIAL' });
    expect(await oidc.tokenIntrospection(config, tokens.access_token)).toMatchObject({
      active: true,
      sub: 'ann',
    });
    expect(await oidc.tokenIntrospection(foreign.config, tokens.access_token)).toEqual({ active: false });
    await expect(oidc.tokenRevocation(other.config, tokens.access_token)).rejects.toMatchObject({
      error: 'invalid_request',
    });
    await oidc.tokenRevocation(foreign.config, tokens.access_token);
    expect(await viewer(tokens.access_token)).toMatchObject({ subject: 'ann' });

    await oidc.tokenRevocation(config, tokens.access_token);
    expect(await oidc.tokenIntrospection(config, tokens.access_token)).toEqual({ active: false });
    await eventually(async () => expect(await viewer(tokens.access_token)).toBe('UNAUTHENTICATED'), 3_000);
  });
});

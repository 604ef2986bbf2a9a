import { randomBytes } from 'node:crypto';
import * as oidc from 'openid-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { modules } from '../../src/modules/index.ts';
import { discovered } from '../support/discovered.ts';
import { type DnsServer, startDnsServer } from '../support/dns-server.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { registerTenant, startGateway, type TestGateway, type TestTenant } from '../support/gateway.ts';
import { operate, register, visit } from '../support/platform.ts';
import { graphql } from '../support/request.ts';
import { clientCredentials, postForm } from '../support/sts.ts';
import { peopleModule, testPeople } from '../support/test-people.ts';
import { UserAgent } from '../support/user-agent.ts';

const REDIRECT = 'https://app.example/callback';
const HOST = 'shop.phoenix.example';
const COLOR = '#123456';
const KEY = 'a-key-that-is-long-enough-to-be-one';
const REGISTRATION = {
  identifier: 'phoenix',
  name: 'First life',
  idempotencyKey: randomBytes(16).toString('base64url'),
};

/** Two nodes; both served the tenant in its first life. */
let nodes: [TestGateway, TestGateway];
let dns: DnsServer;
let globex: TestTenant;
const people = testPeople();

/** What its people and clients kept from its first life. */
let old: Awaited<ReturnType<typeof live>>;
let reborn: { id: string; token: string };

beforeAll(async () => {
  dns = await startDnsServer();
  const port = await freePort();
  const env = {
    PUBLIC_URL: `http://localhost:${port}`,
    BASE_DOMAIN: 'tenants.test',
    DNS_SERVERS: dns.address,
  };
  // Its people stand in the place of users.
  const withoutUsers = modules.filter(({ id }) => id !== 'users' && id !== 'application-tenants');
  const withPeople = { modules: [...withoutUsers, peopleModule(people)] };
  const one = await startGateway({ ...env, PORT: String(port) }, withPeople);
  nodes = [
    one,
    await startGateway({ ...env, CONTROL_DATABASE: one.config.mongo.controlDatabase }, withPeople),
  ];
  globex = await registerTenant(one, 'globex');
  old = await live();
  await operate(one, 'deleteTenant', { id: old.id, immediately: true });
  expect((await operate(one, 'releaseIdentifier', { identifier: 'phoenix' })).codes).toEqual([]);
  // Registered by the other node, and with the key of its first life.
  const { tenant, bootstrap } = await register(nodes[1], { ...REGISTRATION, name: 'Second life' });
  reborn = { id: tenant?.id ?? '', token: bootstrap?.accessToken ?? '' };
  await comeIntoBeingAgain();
}, 60_000);

afterAll(async () => {
  for (const node of [...(nodes ?? [])].reverse()) await node[Symbol.asyncDispose]();
  await dns?.[Symbol.asyncDispose]();
});

/** The data of an operation that succeeds. */
async function run(
  query: string,
  variables: object = {},
  token = reborn.token,
  [node] = nodes,
): Promise<Record<string, Record<string, never>>> {
  const { data, errors } = await graphql({ port: node.port, token, query, variables });
  expect(errors).toBeUndefined();
  return data as Record<string, Record<string, never>>;
}

const CREATE_RESOURCE = `mutation ($name: String!, $audience: String!, $key: String) {
  createResource(input: { name: $name, audience: $audience, idempotencyKey: $key }) {
    resource { id name } userErrors { code } } }`;

const CREATE_CLIENT = `mutation ($input: CreateClientInput!) {
  createClient(input: $input) { client { id clientId } secret userErrors { code path } } }`;

/** The first life: everything a tenant can leave in somebody's hands. */
async function live() {
  const { tenant, bootstrap } = await register(nodes[0], REGISTRATION);
  const [id, token] = [tenant?.id ?? '', bootstrap?.accessToken ?? ''];
  people.add(id, { subject: 'ann', scopes: new Set(['content:read', 'tenant:read']), claims: {} });
  const resources = [];
  for (const name of ['Old A', 'Old B', 'Old C']) {
    const audience = `https://${name.replace(' ', '-').toLowerCase()}.example`;
    const { createResource } = await run(
      CREATE_RESOURCE,
      { name, audience, key: `${KEY}-${name[4]}` },
      token,
    );
    resources.push(createResource?.['resource'] as unknown as { id: string; name: string });
  }
  const page = await run(
    '{ resources(first: 1, orderBy: { field: NAME }) { pageInfo { endCursor } } clients(first: 1) { pageInfo { endCursor } } }',
    {},
    token,
  );
  await run(
    `mutation { updateSettings(input: { theme: { primaryColor: "${COLOR}" } }) { userErrors { code } } }`,
    {},
    token,
  );
  const added = await run(
    `mutation { addTenantHost(input: { host: "${HOST}" }) { record { name value } } }`,
    {},
    token,
  );
  const proof = added['addTenantHost']?.['record'] as unknown as { name: string; value: string };
  dns.records.set(proof.name, [proof.value]);
  await run(`mutation { verifyTenantHost(input: { host: "${HOST}" }) { userErrors { code } } }`, {}, token);
  const client = async (kind: string) => {
    const input = { name: `Old ${kind}`, kind, redirectUris: [REDIRECT], scopes: ['content:read'] };
    const { createClient } = await run(CREATE_CLIENT, { input }, token);
    return createClient as unknown as { client: { id: string; clientId: string }; secret: string | null };
  };
  const [app, machine] = [await client('PUBLIC'), await client('CONFIDENTIAL')];
  const agent = new UserAgent(nodes[0]);
  const signedIn = await signIn(app.client.clientId, agent);
  for (const node of nodes) {
    await eventually(async () => expect(await visit(node, 'phoenix', token)).toBe('phoenix'));
    expect(await atHost(node)).toBe('phoenix');
  }
  const login = { clientId: machine.client.clientId, clientSecret: machine.secret ?? '' };
  const granted = await clientCredentials(nodes[0], 'phoenix', login, { scope: 'content:read' });
  const tokens = [token, signedIn.access_token, granted.body.access_token as string];
  for (const each of tokens) expect(each).toMatch(/^ey/);
  return {
    id,
    tokens,
    resources,
    page,
    app: app.client,
    login,
    agent,
    refreshToken: signedIn.refresh_token!,
  };
}

async function atHost(node: TestGateway): Promise<string> {
  const { data, errors } = await graphql({ port: node.port, host: HOST, query: '{ tenant { identifier } }' });
  return errors?.[0]?.extensions.code ?? (data?.['tenant'] as { identifier: string }).identifier;
}

async function authorize(clientId: string, agent: UserAgent, parameters: Record<string, string> = {}) {
  const config = await discovered(`${nodes[0].config.http.publicUrl}/t/phoenix`, clientId);
  const verifier = oidc.randomPKCECodeVerifier();
  const address = oidc.buildAuthorizationUrl(config, {
    redirect_uri: REDIRECT,
    scope: 'openid content:read',
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    login_hint: 'ann',
    ...parameters,
  });
  const { location, body } = await agent.visit(address);
  if (location === undefined) throw new Error(body);
  return { config, location, verifier };
}

async function signIn(clientId: string, agent: UserAgent) {
  const { config, location, verifier } = await authorize(clientId, agent);
  return oidc.authorizationCodeGrant(config, location, { pkceCodeVerifier: verifier });
}

/** In its second life the same objects come into being, with the ids they had; they are other objects. */
async function comeIntoBeingAgain(): Promise<void> {
  people.add(reborn.id, { subject: 'ann', scopes: new Set(['content:read', 'tenant:read']), claims: {} });
  for (const kind of ['PUBLIC', 'CONFIDENTIAL']) {
    const input = { name: `New ${kind}`, kind, redirectUris: [REDIRECT], scopes: ['content:read'] };
    await run(CREATE_CLIENT, { input });
  }
  await run(CREATE_RESOURCE, { name: 'New', audience: 'https://new.example' });
  const [node] = nodes;
  const record = await node.app.platform.control.tenants.findOne({ _id: reborn.id });
  const db = await node.databases.of(record!);
  const rename = async (collection: string, name: string, _id: string) => {
    const documents = db.collection<{ _id: string }>(collection);
    const made = await documents.findOneAndDelete({ name });
    await documents.insertOne({ ...made!, _id });
  };
  await rename('clients', 'New PUBLIC', old.app.clientId);
  await rename('clients', 'New CONFIDENTIAL', old.login.clientId);
  await rename('resources', 'New', localIdOf(old.resources[0]!.id));
}

function localIdOf(globalId: string): string {
  return Buffer.from(globalId, 'base64url').toString().split(':').slice(1).join(':');
}

describe.each([0, 1])('on node %i nothing of its first life counts in the second:', (at) => {
  const node = () => nodes[at]!;

  test('tokens of its administrator, its people and its clients', async () => {
    expect(reborn.id).not.toBe(old.id);
    await eventually(async () => expect(await visit(node(), 'phoenix', reborn.token)).toBe('phoenix'));
    for (const token of old.tokens) {
      expect(await visit(node(), 'phoenix', token)).toBe('UNAUTHENTICATED');
      const { errors } = await graphql({ port: node().port, token, query: '{ viewer { kind } }' });
      expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['UNAUTHENTICATED']);
    }
  });

  test('global ids: the object of that id now is another one, or there is none', async () => {
    const ids = old.resources.map(({ id }) => id);
    const { data } = await graphql({
      port: node().port,
      token: reborn.token,
      query: 'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on ApiResource { name } } }',
      variables: { ids },
    });
    expect(data).toEqual({ nodes: [{ name: 'New' }, null, null] });
  });

  test('cursors', async () => {
    const [resources, clients] = ['resources', 'clients'].map(
      (list) => (old.page[list]?.['pageInfo'] as unknown as { endCursor: string }).endCursor,
    );
    const reply = await graphql({
      port: node().port,
      token: reborn.token,
      query: `query ($resources: String, $clients: String) {
        resources(after: $resources, orderBy: { field: NAME }) { nodes { name } } clients(after: $clients) { nodes { name } } }`,
      variables: { resources, clients },
    });
    const text = JSON.stringify(reply.data ?? reply.errors);
    expect(text).not.toContain('Old');
    expect(text).not.toContain('First life');
  });

  test('settings, name and everything that is listed', async () => {
    const { data } = await graphql({
      port: node().port,
      token: reborn.token,
      query: `{ tenant { name hosts } settings { theme { primaryColor } revision }
        clients { nodes { name } totalCount } resources { nodes { name } totalCount } }`,
    });
    const text = JSON.stringify(data);
    expect(data).toMatchObject({
      tenant: { name: 'Second life', hosts: ['phoenix.tenants.test'] },
      settings: { revision: 0 },
      clients: { totalCount: 3 },
    });
    for (const trace of [COLOR, 'Old', HOST]) expect(text).not.toContain(trace);
  });

  test('idempotency keys: they make something new', async () => {
    const again = { name: `New ${at}`, audience: `https://again-${at}.example`, key: `${KEY}-${'AB'[at]}` };
    const { createResource } = await run(CREATE_RESOURCE, again, reborn.token, [node(), node()]);
    expect(createResource).toMatchObject({ resource: { name: `New ${at}` }, userErrors: [] });
  });

  test('refresh tokens, secrets and sessions, even with clients of the same ids', async () => {
    const refreshed = await postForm(node(), '/t/phoenix/oauth/token', {
      grant_type: 'refresh_token',
      refresh_token: old.refreshToken,
      client_id: old.app.clientId,
    });
    expect([refreshed.status, refreshed.body.error]).toEqual([400, 'invalid_grant']);
    const granted = await clientCredentials(node(), 'phoenix', old.login, { scope: 'content:read' });
    expect([granted.status, granted.body.error]).toEqual([401, 'invalid_client']);
    const thief = new UserAgent(node());
    thief.steal(old.agent);
    const { location } = await authorize(old.app.clientId, thief, { prompt: 'none' });
    expect(location.searchParams.get('error')).toBe('login_required');
    // They work for who signs in now.
    const { access_token } = await signIn(old.app.clientId, new UserAgent(node()));
    const viewer = await run('{ viewer { subject } }', {}, access_token, [node(), node()]);
    expect(viewer).toEqual({ viewer: { subject: 'ann' } });
  });

  test('its own host, which anybody can prove to have now', async () => {
    if (at === 0) for (const each of nodes) expect(await atHost(each)).not.toBe('phoenix');
    const token = await globex.token();
    const claim = `mutation { addTenantHost(input: { host: "${HOST}" }) { record { name value } userErrors { code } } }`;
    const { addTenantHost } = await run(claim, {}, token);
    const { name, value } = addTenantHost?.['record'] as unknown as { name: string; value: string };
    const verify = `mutation { verifyTenantHost(input: { host: "${HOST}" }) { tenantHost { isVerified } userErrors { code } } }`;
    // What proved it in the first life proves nothing.
    if (at === 0) {
      const early = await run(verify, {}, token);
      expect(early['verifyTenantHost']).toMatchObject({
        tenantHost: null,
        userErrors: [{ code: 'INVALID' }],
      });
    }
    dns.records.set(name, [value]);
    expect((await run(verify, {}, token))['verifyTenantHost']).toMatchObject({ userErrors: [] });
    await eventually(async () => expect(await atHost(node())).toBe('globex'));
  });
});

test('the key of its first registration answers the second tenant, and no other', async () => {
  const { tenant } = await register(nodes[0], { ...REGISTRATION, name: 'Second life' });
  expect(tenant).toMatchObject({ id: reborn.id, name: 'Second life' });
  const { userErrors } = await register(nodes[0], REGISTRATION);
  expect(userErrors.map(({ code }) => code)).toEqual(['CONFLICT']);
});

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type DnsServer, startDnsServer } from '../support/dns-server.ts';
import { eventually } from '../support/eventually.ts';
import {
  registerBoth,
  registerTenant,
  startGateway,
  type TestGateway,
  type TestTenant,
} from '../support/gateway.ts';
import { operate } from '../support/platform.ts';
import { graphql, send } from '../support/request.ts';

/** Two nodes over one control database, and the name server both ask. */
let dns: DnsServer;
let gateway: TestGateway;
let other: TestGateway;
let acme: TestTenant;
let globex: TestTenant;
let count = 0;
/** A host nobody has claimed. */
let host: string;

beforeAll(async () => {
  dns = await startDnsServer();
  gateway = await startGateway({ DNS_SERVERS: dns.address });
  other = await startGateway({
    CONTROL_DATABASE: gateway.config.mongo.controlDatabase,
    DNS_SERVERS: dns.address,
  });
  ({ acme, globex } = await registerBoth(gateway));
});

beforeEach(() => {
  count += 1;
  host = `shop-${count}.acme.example`;
  dns.mood = 'answering';
});

afterAll(async () => {
  await other?.[Symbol.asyncDispose]();
  await gateway?.[Symbol.asyncDispose]();
  await dns?.[Symbol.asyncDispose]();
});

const WITHIN_A_SECOND = 1_000;

interface Outcome {
  record: { type: string; name: string; value: string } | null;
  tenantHost: { host: string; isVerified: boolean } | null;
  codes: string[];
  message: string | undefined;
}

async function change(
  mutation: 'addTenantHost' | 'verifyTenantHost' | 'removeTenantHost',
  tenant: TestTenant,
  wanted: string,
  node: TestGateway = gateway,
): Promise<Outcome> {
  const input = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`;
  const selection =
    mutation === 'removeTenantHost'
      ? 'removedHost'
      : 'record { type name value } tenantHost { host isVerified }';
  const reply = await graphql({
    port: node.port,
    token: await tenant.token(),
    query: `mutation ($input: ${input}!) { payload: ${mutation}(input: $input) {
      ${selection} userErrors { code message path } } }`,
    variables: { input: { host: wanted } },
  });
  const payload = reply.data?.['payload'] as
    (Outcome & { userErrors: { code: string; message: string }[] }) | undefined;
  const faults = payload?.userErrors ?? [];
  return {
    record: payload?.record ?? null,
    tenantHost: payload?.tenantHost ?? null,
    codes: [
      ...faults.map(({ code }) => code),
      ...(reply.errors ?? []).map(({ extensions }) => extensions.code),
    ],
    message: faults[0]?.message,
  };
}

/** Adds a host, sets its record in DNS and verifies it. */
async function own(tenant: TestTenant, wanted: string): Promise<void> {
  const { record } = await change('addTenantHost', tenant, wanted);
  dns.records.set(record?.name ?? '', [record?.value ?? '']);
  expect(await change('verifyTenantHost', tenant, wanted)).toMatchObject({
    tenantHost: { host: wanted, isVerified: true },
    codes: [],
  });
}

/** Whose a host is: an identifier, or the code of the refusal. */
async function at(node: TestGateway, wanted: string, token?: string): Promise<string> {
  const { data, errors } = await graphql({
    port: node.port,
    host: wanted,
    token,
    query: '{ tenant { identifier } }',
  });
  return errors?.[0]?.extensions.code ?? (data?.['tenant'] as { identifier: string }).identifier;
}

test('a host leads to its tenant once DNS proves it, on every node within a second', async () => {
  const { record } = await change('addTenantHost', acme, host);
  expect(record).toEqual({
    type: 'TXT',
    name: `_tenant-gateway.${host}`,
    value: expect.stringMatching(/^tenant-gateway=[\w-]{32}$/) as string,
  });
  for (const node of [gateway, other]) expect(await at(node, host)).toBe('TENANT_REQUIRED');
  dns.records.set(`_tenant-gateway.${host}`, ['v=spf1 -all', record?.value ?? '']);
  // The proof alone does nothing either.
  expect(await at(other, host)).toBe('TENANT_REQUIRED');
  expect((await change('verifyTenantHost', acme, host)).codes).toEqual([]);
  expect(await at(gateway, host)).toBe('acme');
  for (const spelling of [host, host.toUpperCase(), `${host}.`, `${host}:8443`]) {
    await eventually(async () => expect(await at(other, spelling)).toBe('acme'), WITHIN_A_SECOND);
  }
  const { data } = await graphql({
    port: other.port,
    host,
    token: await acme.token(),
    query: '{ tenant { hosts ownHosts { host isVerified record { type name value } } } }',
  });
  expect(data?.['tenant']).toEqual({
    hosts: ['acme.gateway.test', host],
    ownHosts: [{ host, isVerified: true, record }],
  });
});

test('each tenant has a proof of its own, and asking again gives the same one', async () => {
  const first = await change('addTenantHost', acme, host);
  expect(await change('addTenantHost', acme, `${host.toUpperCase()}.`)).toEqual(first);
  const foreign = await change('addTenantHost', globex, host);
  expect(foreign.codes).toEqual([]);
  expect(foreign.record?.name).toBe(first.record?.name);
  expect(foreign.record?.value).not.toBe(first.record?.value);
  // The proof of one does not verify the other.
  dns.records.set(first.record?.name ?? '', [first.record?.value ?? '']);
  expect(await change('verifyTenantHost', globex, host)).toMatchObject({
    codes: ['INVALID'],
    message: `The TXT record at _tenant-gateway.${host} has another value.`,
  });
});

test('a host is active in one tenant only, and the second is not told in which', async () => {
  await own(acme, host);
  const { record } = await change('addTenantHost', globex, host);
  dns.records.get(record?.name ?? '')?.push(record?.value ?? '');
  const refused = await change('verifyTenantHost', globex, host, other);
  expect(refused).toEqual({
    record: null,
    tenantHost: null,
    codes: ['TAKEN'],
    message: 'This host is in use.',
  });
  for (const node of [gateway, other]) {
    await eventually(async () => expect(await at(node, host)).toBe('acme'), WITHIN_A_SECOND);
    expect(await at(node, host, await acme.token())).toBe('acme');
    expect(await at(node, host, await globex.token())).toBe('TENANT_MISMATCH');
  }
  // Given up by one it is there for the other; nothing stays with the first.
  expect((await change('removeTenantHost', acme, host)).codes).toEqual([]);
  await eventually(async () => expect(await at(other, host)).toBe('TENANT_REQUIRED'), WITHIN_A_SECOND);
  expect((await change('verifyTenantHost', globex, host)).codes).toEqual([]);
  await eventually(async () => {
    for (const node of [gateway, other]) expect(await at(node, host)).toBe('globex');
  }, WITHIN_A_SECOND);
  expect(await at(other, host, await acme.token())).toBe('TENANT_MISMATCH');
});

test('of two tenants that prove one host at once, one gets it', async () => {
  for (const tenant of [acme, globex]) {
    const { record } = await change('addTenantHost', tenant, host);
    dns.records.set(record?.name ?? '', [
      ...(dns.records.get(record?.name ?? '') ?? []),
      record?.value ?? '',
    ]);
  }
  const outcomes = await Promise.all([
    change('verifyTenantHost', acme, host, gateway),
    change('verifyTenantHost', globex, host, other),
  ]);
  expect(outcomes.map(({ codes }) => codes[0] ?? 'ok').sort()).toEqual(['TAKEN', 'ok']);
});

test('says what is wrong with the proof, and does not wait for a dead name server', async () => {
  const { record } = await change('addTenantHost', acme, host);
  const verify = () => change('verifyTenantHost', acme, host);
  expect(await verify()).toMatchObject({
    codes: ['INVALID'],
    message: `There is no TXT record at _tenant-gateway.${host}; a new one may take a while.`,
  });
  dns.records.set(`_tenant-gateway.${host}`, ['tenant-gateway=wrong']);
  expect((await verify()).message).toMatch(/has another value/);
  for (const mood of ['failing', 'silent'] as const) {
    dns.mood = mood;
    const begun = performance.now();
    expect(await verify()).toMatchObject({
      codes: ['INVALID'],
      message: `DNS does not answer for _tenant-gateway.${host} right now; try again shortly.`,
    });
    expect(performance.now() - begun).toBeLessThan(6_000);
  }
  dns.mood = 'answering';
  dns.records.set(`_tenant-gateway.${host}`, [record?.value ?? '']);
  expect((await verify()).codes).toEqual([]);
});

test.each([
  ['no host', ''],
  ['a single label', 'intranet'],
  ['an IPv4 address', '192.0.2.7'],
  ['what browsers take for one', '1.2'],
  ['an IPv6 address', '[2001:db8::1]'],
  ['another script', 'bücher.example'],
  ['a false A-label', 'xn--a.example'],
  ['an underscore', '_dmarc.example.com'],
  ['an empty label', 'shop..example'],
  ['a wildcard', '*.example.com'],
  ['a URL', 'https://shop.example'],
  ['too long a name', `${'a.'.repeat(118)}example`],
  ['the base domain', 'gateway.test'],
  ['what is below it', 'www.gateway.test'],
  ['another tenant there', 'GLOBEX.gateway.test.'],
])('refuses %s', async (_what, wanted) => {
  expect((await change('addTenantHost', acme, wanted)).codes).toEqual(['INVALID']);
  expect((await change('verifyTenantHost', acme, wanted)).codes).toEqual(['INVALID']);
});

test('nobody verifies or removes what they did not add, however it is known', async () => {
  await own(acme, host);
  for (const wanted of [host, `never-added-${count}.example`]) {
    for (const mutation of ['verifyTenantHost', 'removeTenantHost'] as const) {
      expect(await change(mutation, globex, wanted)).toMatchObject({
        codes: ['INVALID'],
        message: 'is not among the hosts of this tenant',
      });
    }
  }
  expect(await at(gateway, host)).toBe('acme');
});

test('needs tenant:write, and a caller', async () => {
  const query = `mutation ($host: String!) { addTenantHost(input: { host: $host }) { userErrors { code } } }`;
  const refusal = async (token?: string) =>
    (await graphql({ port: gateway.port, path: '/t/acme/graphql', token, query, variables: { host } }))
      .errors?.[0]?.extensions.code;
  expect(await refusal()).toBe('UNAUTHENTICATED');
  expect(await refusal(await acme.token(['tenant:read']))).toBe('FORBIDDEN');
  expect(await refusal(await globex.token())).toBe('TENANT_MISMATCH');
});

test('a tenant claims twenty hosts at most', async () => {
  const tenant = await registerTenant(gateway, 'many-hosts');
  for (let index = 1; index <= 20; index += 1) {
    expect((await change('addTenantHost', tenant, `h${index}.many.example`)).codes).toEqual([]);
  }
  expect((await change('addTenantHost', tenant, 'h21.many.example')).codes).toEqual(['LIMIT']);
  expect((await change('removeTenantHost', tenant, 'h7.many.example')).codes).toEqual([]);
  expect((await change('addTenantHost', tenant, 'h21.many.example')).codes).toEqual([]);
});

test('preflights and the page for people work at an own host, by its tenant’s rules', async () => {
  await own(acme, host);
  const updated = await graphql({
    port: gateway.port,
    token: await acme.token(),
    query:
      'mutation { updateSettings(input: { options: { corsOrigins: ["https://app.acme.example"] } }) { userErrors { code message } } }',
  });
  expect(updated.data?.['updateSettings']).toEqual({ userErrors: [] });
  const preflight = async (origin: string) =>
    (
      await send({
        port: gateway.port,
        method: 'OPTIONS',
        headers: { host, origin, 'access-control-request-method': 'POST' },
      })
    ).headers['access-control-allow-origin'];
  expect(await preflight('https://app.acme.example')).toBe('https://app.acme.example');
  expect(await preflight('https://app.globex.example')).toBeUndefined();
  const page = await send({ port: gateway.port, method: 'GET', headers: { host, accept: 'text/html' } });
  expect([page.status, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
  expect(page.body).toContain('Tenant acme');
});

test('renaming keeps own hosts, suspending hides them, deleting frees them', async () => {
  const tenant = await registerTenant(gateway, 'host-owner');
  await own(tenant, host);
  const id = tenant.record._id;
  const renamed = await graphql({
    port: gateway.port,
    token: await tenant.token(),
    query:
      'mutation { renameTenant(input: { identifier: "host-keeper" }) { tenant { hosts } userErrors { code } } }',
  });
  expect(renamed.data?.['renameTenant']).toEqual({
    tenant: { hosts: ['host-keeper.gateway.test', 'host-owner.gateway.test', host] },
    userErrors: [],
  });
  await eventually(async () => expect(await at(other, host)).toBe('host-keeper'), WITHIN_A_SECOND);
  await operate(gateway, 'suspendTenant', { id });
  await eventually(async () => expect(await at(other, host)).toBe('TENANT_NOT_FOUND'), WITHIN_A_SECOND);
  expect((await operate(gateway, 'deleteTenant', { id })).codes).toEqual([]);
  await eventually(async () => expect(await at(other, host)).toBe('TENANT_REQUIRED'), WITHIN_A_SECOND);
  await own(globex, host);
  await eventually(async () => expect(await at(other, host)).toBe('globex'), WITHIN_A_SECOND);
  for (const identifier of ['host-owner', 'host-keeper']) {
    expect((await operate(gateway, 'releaseIdentifier', { identifier })).codes).toEqual([]);
  }
});

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { contentWriter } from '../support/content.ts';
import { eventually } from '../support/eventually.ts';
import { registerBoth, type TestTenant } from '../support/gateway.ts';
import { operate, register } from '../support/platform.ts';
import { graphql } from '../support/request.ts';
import { clientCredentials, postForm } from '../support/sts.ts';
import { type Subscriber, subscribeBySocket, subscribeBySse } from '../support/subscriber.ts';
import { startTwoNodes, type TwoNodes } from '../support/two-nodes.ts';

let nodes: TwoNodes;
let tenants: { acme: TestTenant; globex: TestTenant };

beforeEach(async () => {
  nodes = await startTwoNodes();
  tenants = await registerBoth(nodes.here);
});

afterEach(() => nodes?.[Symbol.asyncDispose]());

const CONTENT = 'subscription { contentChanged { kind contentItem { title } } }';
const SETTINGS = 'subscription { settingsChanged { revision settings { locale } } }';

const TRANSPORTS = [
  ['server-sent events', subscribeBySse],
  ['a WebSocket', subscribeBySocket],
] as const;

/** The product's promise is a second; the rest is for a busy machine. */
const WITHIN_MS = 3_000;

/** One subscriber of each tenant, on the other node. */
async function subscribers(
  transport: typeof subscribeBySse,
  token: string,
  query = CONTENT,
): Promise<{ ours: Subscriber; theirs: Subscriber }> {
  const { port, app } = nodes.there;
  const before = app.streams.size;
  const ours = transport({ port, token, query });
  const theirs = transport({ port, token: await tenants.globex.token(), query });
  await eventually(() => expect(app.streams.size).toBe(before + 2));
  return { ours, theirs };
}

/** Runs as acme's administrator on the first node. */
async function run(query: string, variables: object = {}): Promise<void> {
  const reply = await graphql({ port: nodes.here.port, token: await tenants.acme.token(), query, variables });
  expect(reply.errors).toBeUndefined();
}

async function expectOver({ ours, theirs }: { ours: Subscriber; theirs: Subscriber }, code: string) {
  await ours.untilOver(WITHIN_MS);
  expect(await ours.told()).toContain(code);
  expect(theirs.isOver).toBe(false);
  theirs[Symbol.dispose]();
  await eventually(() => expect(nodes.there.app.streams.size).toBe(0));
}

describe.each(TRANSPORTS)('a stream over %s ends', (_name, transport) => {
  test('with its token', async () => {
    const { record } = tenants.acme;
    const id = record.provisioning.bootstrapClient ?? '';
    const request = { subject: id, clientId: id, scopes: ['content:read'] as const, lifetimeMs: 2_000 };
    const { token } = await nodes.here.app.tokens.forTenant(record, request);
    await expectOver(await subscribers(transport, token), 'UNAUTHENTICATED');
  });

  test('with its client, deleted on another node', async () => {
    const both = await subscribers(transport, await tenants.acme.token());
    const id = Buffer.from(`Client:${tenants.acme.record.provisioning.bootstrapClient}`).toString(
      'base64url',
    );
    await run('mutation ($id: ID!) { deleteClient(input: { id: $id }) { deletedId } }', { id });
    await expectOver(both, 'UNAUTHENTICATED');
  });

  test('with its token, revoked on another node while its client goes on', async () => {
    const login = (await register(nodes.here, { identifier: 'initech', name: 'Initech' })).bootstrap!;
    const tokenOf = async () => {
      const { body } = await clientCredentials(nodes.here, 'initech', login);
      return (body as { access_token: string }).access_token;
    };
    const [revoked, kept] = [await tokenOf(), await tokenOf()];
    const { port, app } = nodes.there;
    const [ours, other] = [revoked, kept].map((token) => transport({ port, token, query: CONTENT }));
    using _other = other!;
    const theirs = transport({ port, token: await tenants.globex.token(), query: CONTENT });
    await eventually(() => expect(app.streams.size).toBe(3));
    const { status } = await postForm(nodes.here, '/t/initech/oauth/revoke', { token: revoked }, login);
    expect(status).toBe(200);
    await ours!.untilOver(WITHIN_MS);
    expect(await ours!.told()).toContain('UNAUTHENTICATED');
    expect([other!.isOver, theirs.isOver]).toEqual([false, false]);
    theirs[Symbol.dispose]();
  });

  test('with the suspension of its tenant', async () => {
    const both = await subscribers(transport, await tenants.acme.token());
    await operate(nodes.here, 'suspendTenant', { id: tenants.acme.record._id });
    await expectOver(both, 'TENANT_SUSPENDED');
  });

  test('with the deletion of its tenant', async () => {
    const both = await subscribers(transport, await tenants.acme.token());
    await operate(nodes.here, 'deleteTenant', { id: tenants.acme.record._id });
    await both.ours.untilOver(WITHIN_MS);
    expect(await both.ours.told()).toMatch(/TENANT_(NOT_FOUND|SUSPENDED)/);
    expect(both.theirs.isOver).toBe(false);
    both.theirs[Symbol.dispose]();
  });

  test('with its module, and not with another one', async () => {
    const token = await tenants.acme.token();
    const both = await subscribers(transport, token);
    const settings = await subscribers(transport, token, SETTINGS);
    await run('mutation { disableModule(input: { id: "content" }) { userErrors { code } } }');
    await both.ours.untilOver(WITHIN_MS);
    expect(await both.ours.told()).toContain('MODULE_DISABLED');
    expect([both.theirs.isOver, settings.ours.isOver, settings.theirs.isOver]).toEqual([false, false, false]);
    for (const each of [both.theirs, settings.ours, settings.theirs]) each[Symbol.dispose]();
  });

  test('with its node, which tells whoever listens to reconnect', async () => {
    const { ours, theirs } = await subscribers(transport, await tenants.acme.token());
    nodes.there.app.startDraining();
    for (const each of [ours, theirs]) {
      await each.untilOver(WITHIN_MS);
      expect(await each.told()).toContain('TENANT_UNAVAILABLE');
    }
    using late = transport({ port: nodes.there.port, token: await tenants.acme.token(), query: CONTENT });
    await late.untilOver();
    expect(await late.told()).toContain('TENANT_UNAVAILABLE');
  });
});

test('settings are told on another node, to their own tenant and to those who may read them', async () => {
  const { port, app } = nodes.there;
  const { acme, globex } = tenants;
  using ours = subscribeBySse({ port, token: await acme.token(), query: SETTINGS });
  using socket = subscribeBySocket({ port, token: await acme.token(['settings:read']), query: SETTINGS });
  using theirs = subscribeBySse({ port, token: await globex.token(), query: SETTINGS });
  using refused = subscribeBySse({ port, token: await acme.token(['content:read']), query: SETTINGS });
  await refused.untilOver();
  expect(await refused.told()).toContain('FORBIDDEN');
  await eventually(() => expect(app.streams.size).toBe(3));
  await run('mutation { updateSettings(input: { locale: "de" }) { userErrors { code } } }');
  for (const each of [ours, socket]) {
    const { data } = await each.until(() => true, WITHIN_MS);
    expect(data).toEqual({ settingsChanged: { revision: 1, settings: { locale: 'de' } } });
  }
  // Another change of the record is none of theirs.
  await run('mutation { updateTenant(input: { name: "Acme again" }) { userErrors { code } } }');
  await run('mutation { updateSettings(input: { locale: "fr" }) { userErrors { code } } }');
  await eventually(() => expect(ours.results).toHaveLength(2), WITHIN_MS);
  expect(theirs.results).toEqual([]);
});

test.each(TRANSPORTS)(
  'who hangs up over %s is written down with one line, as no trouble',
  async (_name, transport) => {
    const { ours, theirs } = await subscribers(transport, await tenants.acme.token());
    const acme = await contentWriter(nodes.here, tenants.acme);
    await acme.create('Before');
    await ours.until(() => true);
    const before = nodes.there.logs.length;
    ours[Symbol.dispose]();
    await eventually(() => expect(nodes.there.app.streams.size).toBe(1));
    const since = () => nodes.there.logs.slice(before);
    await eventually(() => expect(since().filter(({ msg }) => msg === 'stream')).toHaveLength(1));
    expect(since().find(({ msg }) => msg === 'stream')).toMatchObject({ status: 200, events: 1 });
    expect(since().filter(({ level }) => level === 'warn' || level === 'error')).toEqual([]);
    expect(JSON.stringify(since())).not.toMatch(/"codes"|"stack"|resolver/);
    expect(theirs.isOver).toBe(false);
    theirs[Symbol.dispose]();
  },
);

test('a tenant that is renamed keeps its streams', async () => {
  const both = await subscribers(subscribeBySse, await tenants.acme.token());
  const acme = await contentWriter(nodes.here, tenants.acme);
  await run('mutation { renameTenant(input: { identifier: "acme-again" }) { userErrors { code } } }');
  await acme.create('After');
  await both.ours.until(() => true);
  for (const each of [both.ours, both.theirs]) each[Symbol.dispose]();
});

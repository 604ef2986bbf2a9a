import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { modules } from '../../src/modules/index.ts';
import type { Migration } from '../../src/mongo/migration.ts';
import { eventually, WITHIN_A_SECOND_MS } from '../support/eventually.ts';
import { registerTenant, startGateway, type TestGateway, type TestTenant } from '../support/gateway.ts';
import { databaseOf, ledgerOf, migratedModule, stampOf } from '../support/migrations.ts';
import { graphql } from '../support/request.ts';

let one: TestGateway;
let other: TestGateway;
let acme: TestTenant;
let globex: TestTenant;
let count = 0;

/** What the migration of the module `notes` does in these tests. */
let work: () => Promise<void> = () => Promise.resolve();

const prepared: Migration = {
  name: 'notes/001-prepared',
  async transform(collection) {
    await collection('notes').insertOne({ at: new Date() });
    await work();
  },
};

beforeAll(async () => {
  const withNotes = {
    modules: [
      ...modules,
      migratedModule('notes', [prepared]),
      migratedModule('needy', [{ name: 'needy/001-nothing' }], { dependsOn: ['notes'] }),
    ],
  };
  one = await startGateway({}, withNotes);
  other = await startGateway({ CONTROL_DATABASE: one.config.mongo.controlDatabase }, withNotes);
});

beforeEach(async () => {
  count += 1;
  work = () => Promise.resolve();
  acme = await registerTenant(one, `acme-${count}`, { modules: ['resources'] });
  globex = await registerTenant(one, `globex-${count}`, { modules: ['content'] });
});

afterAll(async () => {
  await other.app[Symbol.asyncDispose]();
  other.server.close();
  await one[Symbol.asyncDispose]();
});

async function ask(gateway: TestGateway, tenant: TestTenant, query: string) {
  return graphql({ port: gateway.port, token: await tenant.token(), query });
}

/** Codes of the refusal; none when it worked. */
async function change(mutation: string, id: string, tenant = acme, gateway = one): Promise<string[]> {
  const query = `mutation { ${mutation}(input: { id: "${id}" }) { userErrors { code message path } } }`;
  const { data, errors } = await ask(gateway, tenant, query);
  const payload = data?.[mutation] as { userErrors: { code: string; message: string }[] } | null;
  return [
    ...(errors ?? []).map(({ extensions }) => extensions.code),
    ...(payload?.userErrors ?? []).map(({ code, message }) => `${code} ${message}`),
  ];
}

async function enabled(gateway: TestGateway, tenant: TestTenant): Promise<string[]> {
  const { data } = await ask(gateway, tenant, '{ modules { id enabled } }');
  const states = data?.['modules'] as { id: string; enabled: boolean }[];
  return states.filter((state) => state.enabled).map(({ id }) => id);
}

test('a tenant is registered with the migrations of its own modules, and no others', async () => {
  // What is always on belongs to every tenant.
  const ofSwitched = (name: string) =>
    modules.some(({ id, isAlwaysOn }) => !isAlwaysOn && name.startsWith(`${id}/`));
  expect((await ledgerOf(one, acme)).filter(ofSwitched)).toEqual(['resources/001-unique-audience']);
  const own = (await ledgerOf(one, globex)).filter(ofSwitched);
  expect(own.length).toBeGreaterThan(0);
  expect(own.every((name) => name.startsWith('content/'))).toBe(true);
});

test('enabling runs the migrations of the module first, in that tenant only', async () => {
  work = async () => expect(await enabled(other, acme)).not.toContain('notes');
  expect(await change('enableModule', 'notes')).toEqual([]);
  expect(await enabled(one, acme)).toContain('notes');
  expect(await ledgerOf(one, acme)).toContain('notes/001-prepared');
  expect(await ledgerOf(one, globex)).not.toContain('notes/001-prepared');
  await eventually(async () => expect(await enabled(other, acme)).toContain('notes'), WITHIN_A_SECOND_MS);
});

test('index steps on collections that do not exist are left to the first write, which may come on any node', async () => {
  expect(await change('enableModule', 'content')).toEqual([]);
  const { migrations } = await stampOf(one, acme);
  expect(migrations.find(({ name }) => name === 'content/001-indexes')?.deferredCollections).toEqual([
    'content_types',
    'content_items',
  ]);
  const db = await databaseOf(one, acme);
  const names = async () =>
    (await db.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name);
  expect(await names()).not.toContain('content_types');
  const create = `mutation { createContentType(input: { name: "note", fields: [{ name: "text", kind: TEXT }] }) {
    contentType { name } userErrors { message } } }`;
  await eventually(async () => expect((await ask(other, acme, create)).errors).toBeUndefined());
  expect((await db.collection('content_types').indexes()).map(({ name }) => name)).toContain('name');
});

test('disabling keeps the data, and enabling again finds it', async () => {
  const create = `mutation { createContentType(input: { name: "note", fields: [{ name: "text", kind: TEXT }] }) {
    contentType { name } userErrors { message } } }`;
  expect((await ask(one, globex, create)).errors).toBeUndefined();
  expect(await change('disableModule', 'content', globex)).toEqual([]);
  const types = '{ contentTypes { nodes { name } } }';
  expect((await ask(one, globex, types)).errors?.[0]?.extensions.code).toBe('MODULE_DISABLED');
  await eventually(
    async () =>
      expect((await ask(other, globex, types)).errors?.[0]?.extensions.code).toBe('MODULE_DISABLED'),
    1_000,
  );
  expect(await change('enableModule', 'content', globex, other)).toEqual([]);
  expect((await ask(other, globex, types)).data).toEqual({ contentTypes: { nodes: [{ name: 'note' }] } });
});

describe('refuses', () => {
  test('a module whose dependency is off, before anything is migrated', async () => {
    expect(await change('enableModule', 'needy')).toEqual(['INVALID Enable notes first.']);
    expect(await ledgerOf(one, acme)).not.toContain('needy/001-nothing');
  });

  test('to disable what another enabled module needs', async () => {
    await change('enableModule', 'notes');
    await change('enableModule', 'needy');
    expect(await change('disableModule', 'notes')).toEqual(['IN_USE Disable needy first.']);
    expect(await enabled(one, acme)).toEqual(['resources', 'notes', 'needy']);
  });
});

test('a migration that fails leaves the module off, says so, and can be tried again', async () => {
  work = () => Promise.reject(new Error('mongodb://secret@host/ went wrong'));
  const refused = await change('enableModule', 'notes');
  expect(refused).toEqual([
    expect.stringMatching(/^INVALID The module notes stays off.*notes\/001-prepared failed/),
  ]);
  expect(refused[0]).not.toContain('secret');
  expect(await enabled(one, acme)).toEqual(['resources']);
  expect(await ledgerOf(one, acme)).not.toContain('notes/001-prepared');
  // What is off harms nobody: the tenant is not put aside for it.
  expect(
    (await one.app.platform.control.tenants.findOne({ _id: acme.record._id }))?.quarantine,
  ).toBeUndefined();
  work = () => Promise.resolve();
  expect(await change('enableModule', 'notes')).toEqual([]);
});

test('enabled on two nodes at once, the migrations run once and both answer', async () => {
  let runs = 0;
  work = async () => {
    runs += 1;
    await sleep(100);
  };
  const both = [one, other].map((gateway) => change('enableModule', 'notes', acme, gateway));
  expect(await Promise.all(both)).toEqual([[], []]);
  expect(runs).toBe(1);
  expect((await ledgerOf(one, acme)).filter((name) => name.startsWith('notes/'))).toHaveLength(1);
});

test('enabled while others write to its collections, which have their indexes in the end', async () => {
  await change('disableModule', 'resources');
  const db = await databaseOf(one, acme);
  // Somebody restores a backup: the collection is there before the module.
  await db
    .collection<{ _id: string; audience: string }>('resources')
    .insertOne({ _id: 'old', audience: 'https://old' });
  const create = (audience: string) =>
    `mutation { createResource(input: { name: "x", audience: "${audience}" }) { resource { id } userErrors { code } } }`;
  const writes = async () => {
    const codes: unknown[] = [];
    while (!codes.includes('written')) {
      const { data, errors } = await ask(other, acme, create('https://api.example/new'));
      const payload = data?.['createResource'] as { resource: object | null } | undefined;
      codes.push(errors?.[0]?.extensions.code ?? (payload?.resource ? 'written' : 'refused'));
    }
    return new Set(codes);
  };
  const [codes, refused] = await Promise.all([writes(), change('enableModule', 'resources')]);
  expect(refused).toEqual([]);
  expect([...codes].filter((code) => code !== 'MODULE_DISABLED')).toEqual(['written']);
  expect((await db.collection('resources').indexes()).map(({ name }) => name)).toContain('audience');
  const again = await ask(one, acme, create('https://api.example/new'));
  expect(again.data?.['createResource']).toMatchObject({ userErrors: [{ code: 'TAKEN' }] });
});

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { modules } from '../../src/modules/index.ts';
import { eventually } from '../support/eventually.ts';
import { registerTenant, startGateway, type TestGateway, type TestTenant } from '../support/gateway.ts';
import { changeStamp, databaseOf, ledgerOf, migratedModule } from '../support/migrations.ts';
import { visit } from '../support/platform.ts';
import { graphql } from '../support/request.ts';

let gateway: TestGateway;
let acme: TestTenant;
let globex: TestTenant;
let count = 0;

/** What the tests' migration waits for, or fails with. */
let work: () => Promise<void> = () => Promise.resolve();

beforeAll(async () => {
  const notes = migratedModule(
    'notes',
    [{ name: 'notes/001-expanded', transform: () => work() }, { name: 'notes/002-contracted' }],
    { minimumMigration: 'notes/001-expanded' },
  );
  gateway = await startGateway({}, { modules: [...modules, notes] });
});

// A shell looks at the ledger when it opens, so every test has tenants nobody visited yet.
beforeEach(async () => {
  count += 1;
  work = () => Promise.resolve();
  acme = await registerTenant(gateway, `acme-${count}`, { modules: ['notes', 'resources'] });
  globex = await registerTenant(gateway, `globex-${count}`, { modules: ['resources'] });
});

afterAll(() => gateway[Symbol.asyncDispose]());

const visitOf = ({ record }: TestTenant) => visit(gateway, record.identifier);

async function forget(tenant: TestTenant, ...names: string[]): Promise<void> {
  const ran = (await ledgerOf(gateway, tenant)).filter((name) => !names.includes(name));
  const migrations = ran.map((name) => ({ name, at: new Date(), deferredCollections: [] }));
  await changeStamp(gateway, tenant, { migrations });
}

test('a database below the minimum is not served until it has been brought up to it; others are served', async () => {
  await forget(acme, 'notes/001-expanded', 'notes/002-contracted');
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  work = () => opened;
  expect(await visitOf(acme)).toBe('TENANT_UNAVAILABLE');
  expect(await visitOf(acme)).toBe('TENANT_UNAVAILABLE');
  expect(await visitOf(globex)).toBe(globex.record.identifier);
  open();
  await eventually(async () => expect(await visitOf(acme)).toBe(acme.record.identifier));
  // Served from the minimum on: the rest may still be under way.
  await eventually(async () => expect(await ledgerOf(gateway, acme)).toContain('notes/002-contracted'));
});

test('a database at the minimum is served while the rest runs', async () => {
  await forget(acme, 'notes/002-contracted');
  expect(await visitOf(acme)).toBe(acme.record.identifier);
  await eventually(async () => expect(await ledgerOf(gateway, acme)).toContain('notes/002-contracted'));
});

test('the minimum of a module counts for those who have it only', async () => {
  expect(await ledgerOf(gateway, globex)).not.toContain('notes/001-expanded');
  expect(await visitOf(globex)).toBe(globex.record.identifier);
});

test('a migration that fails behind an open shell puts the tenant aside once; reads and writes go on', async () => {
  await forget(acme, 'resources/001-unique-audience');
  const db = await databaseOf(gateway, acme);
  const twice = [1, 2].map((index) => ({ _id: `r${index}` as never, audience: 'https://api.example' }));
  await db.collection('resources').insertMany(twice);
  const { tenants } = gateway.app.platform.control;
  expect(await visitOf(acme)).toBe(acme.record.identifier);
  await eventually(async () =>
    expect((await tenants.findOne({ _id: acme.record._id }))?.quarantine).toMatchObject({
      migration: 'resources/001-unique-audience',
      attempts: 1,
    }),
  );
  const query = `mutation { createResource(input: { name: "x", audience: "https://other.example" }) {
    resource { id } userErrors { code message } } }`;
  const written = await graphql({ port: gateway.port, token: await acme.token(), query });
  expect(written.errors).toBeUndefined();
  expect(written.data?.['createResource']).toMatchObject({ userErrors: [] });
  // Opened again, nobody tries it again.
  await gateway.app.shells.evict(acme.record._id);
  expect(await visitOf(acme)).toBe(acme.record.identifier);
  expect((await tenants.findOne({ _id: acme.record._id }))?.quarantine?.attempts).toBe(1);
  expect((await tenants.findOne({ _id: globex.record._id }))?.quarantine).toBeUndefined();
});

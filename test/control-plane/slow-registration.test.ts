import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BootstrapClient } from '../../src/control-plane/bootstrap-client.ts';
import { createProvisioning } from '../../src/control-plane/provisioning.ts';
import { tenantDatabases } from '../../src/control-plane/tenant-database.ts';
import type { TenantRecord } from '../../src/control-plane/tenant-record.ts';
import type { RunStep } from '../../src/lib/run-step.ts';
import { clientModel } from '../../src/modules/clients/client.ts';
import { newClient } from '../../src/modules/clients/new-client.ts';
import type { ModuleSets } from '../../src/shell/module-set.ts';
import { registerTenant, startGateway, type TestGateway } from '../support/gateway.ts';
import { visit } from '../support/platform.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway();
});

afterAll(() => gateway[Symbol.asyncDispose]());

const NO_MODULES = { of: () => ({ migrations: [], required: [] }) } as unknown as ModuleSets;

/** One process that works on registrations; `step` holds it up. */
function worker(step: RunStep) {
  const { app } = gateway;
  const { control, directory, clusters } = app.platform;
  const useDatabase = tenantDatabases({ clients: app.clients, clusters });
  const parts = { control, directory, clusters, useDatabase, step, events: app.events };
  return createProvisioning({ ...parts, moduleSets: NO_MODULES, requestDeadlineMs: 1_000 });
}

/** The client a registration that is being worked on has in its record. */
function itsClient({ provisioning }: TenantRecord): BootstrapClient {
  const id = provisioning.bootstrapClient ?? '';
  return {
    id,
    secret: 'of nobody',
    async ensure(database) {
      await database.model(clientModel).insert(newClient({ id, name: 'Late', now: new Date() }));
    },
  };
}

test('one so slow that it writes after its undoing dropped everything leaves nothing behind', async () => {
  const { app } = gateway;
  const { control } = app.platform;
  const neighbour = await registerTenant(gateway, 'acme');
  const { record } = await registerTenant(gateway, 'slow');
  const database = control.db.client.db(record.placement.database);
  await database.dropDatabase();
  const draft = (await control.tenants.findOneAndUpdate(
    { _id: record._id },
    { $set: { status: 'PROVISIONING' }, $inc: { version: 1 } },
  ))!;

  let isDropped = (): void => undefined;
  let carryOn = (): void => undefined;
  const dropped = new Promise<void>((resolve) => (isDropped = resolve));
  const released = new Promise<void>((resolve) => (carryOn = resolve));
  const undoing = worker(async (name, run) => {
    if (name === 'undo-remove') {
      isDropped();
      await released;
    }
    return run();
  }).undo(draft);
  await dropped;
  const late = worker((_name, run) => run()).finish(draft, itsClient(draft), undefined);
  await expect(late).rejects.toMatchObject({ code: 'TENANT_UNAVAILABLE' });
  carryOn();
  await undoing;

  expect(await control.tenants.findOne({ _id: record._id })).toBeNull();
  expect(await database.listCollections().toArray()).toEqual([]);
  expect(await visit(gateway, 'acme', await neighbour.token())).toBe('acme');
});

import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Abort } from '../../src/lib/abort.ts';
import { ANONYMOUS } from '../../src/auth/principal.ts';
import { tenantOf } from '../../src/control-plane/tenant-record.ts';
import { clientModel } from '../../src/modules/clients/client.ts';
import { absentMailer } from '../../src/lib/mailer.ts';
import { createLogger } from '../../src/observability/logger.ts';
import { openScope, type Scope } from '../../src/shell/scope.ts';
import type { Tenant } from '../../src/tenancy/tenant.ts';
import { eventually } from '../support/eventually.ts';
import { registerTenant, startGateway, type TestGateway } from '../support/gateway.ts';

let here: TestGateway;
let there: TestGateway;
let count = 0;

beforeAll(async () => {
  const CONTROL_DATABASE = `test_${randomBytes(6).toString('hex')}`;
  here = await startGateway({ CONTROL_DATABASE });
  there = await startGateway({ CONTROL_DATABASE });
});

afterAll(async () => {
  await there?.[Symbol.asyncDispose]();
  await here?.[Symbol.asyncDispose]();
});

/** A request on the other node. */
function scopeOf(tenant: Tenant): Promise<Scope> {
  return openScope(there.app.shells.lease(tenant), {
    tenant,
    principal: ANONYMOUS,
    rows: 'ALL',
    abort: new Abort(),
    log: createLogger('silent'),
    registration: there.app.bindRegistration,
    platform: { publicUrl: 'http://gateway.test', baseDomain: 'gateway.test', mailer: absentMailer() },
  });
}

async function twoScopes() {
  count += 1;
  const { record } = await registerTenant(here, `acme-${count}`);
  const { record: other } = await registerTenant(here, `globex-${count}`);
  const [acme, globex] = [await scopeOf(tenantOf(record)), await scopeOf(tenantOf(other))];
  const clients = (await here.databases.of(record)).collection('clients');
  return { acme, globex, names: () => clients.distinct('name') };
}

/** Each way there is to write through a scope. */
const writes: Record<string, (scope: Scope) => Promise<unknown>> = {
  insert: async (scope) => {
    const [client] = await scope.model(clientModel).find({});
    return scope.model(clientModel).insert({ ...client!, _id: 'another', name: 'written' });
  },
  insertMany: async (scope) => {
    const [client] = await scope.model(clientModel).find({});
    return scope.model(clientModel).insertMany([{ ...client!, _id: 'another', name: 'written' }]);
  },
  update: (scope) => scope.model(clientModel).findOneAndUpdate({}, { $set: { name: 'written' } }),
  delete: (scope) => scope.model(clientModel).findOneAndDelete({}),
};

const REFUSAL = { code: 'TENANT_UNAVAILABLE', retryAfterMs: expect.any(Number) as number };

test('a request at the old place of a tenant that another node moved cannot write', async () => {
  const { acme, globex, names } = await twoScopes();
  const old = acme.model(clientModel);
  await here.app.platform.control.tenants.findOneAndUpdate(
    { _id: acme.tenant.id },
    { $set: { 'placement.epoch': 2 }, $inc: { version: 1 } },
  );
  await eventually(() => expect(acme.signal.aborted).toBe(true), 2_000);
  for (const write of Object.values(writes)) await expect(write(acme)).rejects.toMatchObject(REFUSAL);
  // A handle that was taken before is no way around it, nor is a record that was read before.
  await expect(old.findOneAndUpdate({}, { $set: { name: 'written' } })).rejects.toMatchObject(REFUSAL);
  expect(() => there.app.shells.lease(acme.tenant)).toThrow(expect.objectContaining(REFUSAL) as Error);
  expect(await names()).toEqual(['Administrator']);
  expect(globex.signal.aborted).toBe(false);
  expect(await writes['update']!(globex)).toMatchObject({ name: 'written' });
  acme.release();
  globex.release();
});

test.each(Object.keys(writes))('nothing is written through a scope that was released: %s', async (way) => {
  const { acme, globex, names } = await twoScopes();
  acme.release();
  await expect(writes[way]!(acme)).rejects.toMatchObject(REFUSAL);
  expect(await names()).toEqual(['Administrator']);
  expect(await writes[way]!(globex)).not.toBeNull();
  globex.release();
});

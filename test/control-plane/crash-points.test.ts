import { randomBytes } from 'node:crypto';
import { mongo } from 'mongoose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { type GatewayProcess, gatewayProcess } from '../support/gateway-process.ts';
import { mongodbUri } from '../support/mongodb-uri.ts';
import { register, visit } from '../support/platform.ts';

let gateway: GatewayProcess;
let client: mongo.MongoClient;

beforeAll(async () => {
  client = await new mongo.MongoClient(mongodbUri()).connect();
  gateway = await gatewayProcess();
  await gateway.start();
  for (const identifier of ['acme', 'globex']) {
    expect((await register(gateway, { identifier, name: identifier })).tenant?.status).toBe('ACTIVE');
  }
  await gateway.kill();
});

afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  for (const { placement } of await tenants().find({}).toArray()) {
    await client.db((placement as { database: string }).database).dropDatabase();
  }
  await client.db(gateway.controlDatabase).dropDatabase();
  await client.close();
});

function tenants() {
  return client.db(gateway.controlDatabase).collection('tenants');
}

async function databasesOf(database: string | undefined): Promise<string[]> {
  const { databases } = await client.db().admin().listDatabases({ nameOnly: true });
  return databases.map(({ name }) => name).filter((name) => name === database);
}

/** What is left of a dead process's claim to its work runs out now rather than in seconds. */
async function endLeases(): Promise<void> {
  await tenants().updateMany(
    { status: 'PROVISIONING' },
    { $set: { 'provisioning.leasedUntil': new Date(0) } },
  );
}

const WITHIN_MS = 30_000;

test.each(
  ['reserve', 'record', 'stamp', 'client', 'activate'].flatMap((step) => [`before:${step}`, `after:${step}`]),
)(
  'a registration killed %s is complete for who has a key, and absent or complete without',
  { timeout: 120_000 },
  async (point) => {
    const name = point.replace(':', '-');
    const keyed = { identifier: `k-${name}`, name, idempotencyKey: randomBytes(16).toString('base64url') };
    const keyless = { identifier: `n-${name}`, name };
    const databases: string[] = [];
    for (const input of [keyed, keyless]) {
      await gateway.start({ CRASH_POINT: point });
      await expect(register(gateway, input)).rejects.toThrow();
      expect(await gateway.ended()).toBe('SIGKILL');
      const record = await tenants().findOne({ identifier: input.identifier });
      if (record !== null) databases.push((record['placement'] as { database: string }).database);
      // The next process must get at its own registration, not at this one's remains.
      await tenants().updateMany(
        { status: 'PROVISIONING' },
        { $set: { 'provisioning.leasedUntil': new Date(Date.now() + 600_000) } },
      );
    }
    await endLeases();
    await gateway.start();
    const { tenant, bootstrap } = await eventually(async () => {
      const reply = await register(gateway, keyed);
      expect(reply.bootstrap, JSON.stringify(reply)).not.toBeNull();
      return reply;
    }, WITHIN_MS);
    expect(tenant).toMatchObject({ identifier: keyed.identifier, status: 'ACTIVE' });
    expect(await visit(gateway, keyed.identifier, bootstrap?.accessToken)).toBe(keyed.identifier);
    // One administrator, whichever process made it.
    const complete = await tenants().findOne({ identifier: keyed.identifier });
    const { database } = complete?.['placement'] as { database: string };
    expect(await client.db(database).collection('clients').countDocuments()).toBe(1);
    expect(await client.db(database).collection('_tenant').countDocuments()).toBe(1);

    if (point === 'after:activate') {
      expect(await visit(gateway, keyless.identifier)).toBe(keyless.identifier);
    } else {
      await eventually(
        async () => expect(await tenants().countDocuments({ identifier: keyless.identifier })).toBe(0),
        WITHIN_MS,
      );
      expect(await visit(gateway, keyless.identifier)).toBe('TENANT_NOT_FOUND');
      for (const begun of databases.filter((each) => each !== database)) {
        await eventually(async () => expect(await databasesOf(begun)).toEqual([]), WITHIN_MS);
      }
      expect((await register(gateway, keyless)).tenant?.status).toBe('ACTIVE');
    }
    for (const neighbour of ['acme', 'globex']) expect(await visit(gateway, neighbour)).toBe(neighbour);
    await gateway.kill();
  },
);

test.each(['undo-mark', 'undo-drop', 'undo-remove'].flatMap((step) => [`before:${step}`, `after:${step}`]))(
  'an undoing killed %s is carried on',
  { timeout: 120_000 },
  async (point) => {
    const input = { identifier: point.replace(':', '-'), name: point };
    await gateway.start({ CRASH_POINT: 'after:stamp' });
    await expect(register(gateway, input)).rejects.toThrow();
    await gateway.ended();
    const { database } = (await tenants().findOne({ identifier: input.identifier }))?.['placement'] as {
      database: string;
    };
    await endLeases();
    // It may be dead before it was ready.
    await gateway.start({ CRASH_POINT: point }).catch(() => undefined);
    expect(await gateway.ended()).toBe('SIGKILL');
    await endLeases();
    await gateway.start();
    await eventually(async () => {
      expect(await tenants().countDocuments({ identifier: input.identifier })).toBe(0);
      expect(await databasesOf(database)).toEqual([]);
    }, WITHIN_MS);
    expect((await register(gateway, input)).tenant?.status).toBe('ACTIVE');
    await gateway.kill();
  },
);

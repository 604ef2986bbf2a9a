import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { mongo } from 'mongoose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { type GatewayProcess, gatewayProcess } from '../support/gateway-process.ts';
import { mongodbUri } from '../support/mongodb-uri.ts';
import { register, type RegistrationReply, visit } from '../support/platform.ts';

let gateway: GatewayProcess;
let client: mongo.MongoClient;

beforeAll(async () => {
  client = await new mongo.MongoClient(mongodbUri()).connect();
  gateway = await gatewayProcess();
  await gateway.start();
});

afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  const control = client.db(gateway.controlDatabase);
  for (const { placement } of await control.collection('tenants').find({}).toArray()) {
    await client.db((placement as { database: string }).database).dropDatabase();
  }
  await control.dropDatabase();
  await client.close();
});

/** The lease of a process that died, the pause between two sweeps and a busy machine. */
const RECOVERED_WITHIN_MS = 30_000;

interface SignUp {
  input: { identifier: string; name: string; idempotencyKey?: string };
  answered: RegistrationReply | undefined;
}

/** Starts twenty sign-ups at once, half of them with a key, and kills the gateway once `enough` have been answered. */
async function killAmongSignUps(prefix: string, enough: number): Promise<SignUp[]> {
  let answers = 0;
  const signUps: SignUp[] = Array.from({ length: 20 }, (_unused, index) => ({
    input: {
      identifier: `${prefix}-${index}`,
      name: `${prefix} ${index}`,
      ...(index % 2 === 0 ? { idempotencyKey: randomBytes(16).toString('base64url') } : {}),
    },
    answered: undefined,
  }));
  const ended = signUps.map(async (signUp) => {
    const reply = await register(gateway, signUp.input).catch(() => undefined);
    if (reply?.tenant == null) return;
    signUp.answered = reply;
    answers += 1;
  });
  while (answers < enough) await sleep(1);
  await gateway.kill();
  await Promise.all(ended);
  return signUps;
}

test.each([
  ['right at the start', 0],
  ['when the first was answered', 1],
  ['when half were answered', 10],
])('kill -9 among twenty sign-ups, %s, loses nothing', { timeout: 120_000 }, async (_when, enough) => {
  expect((await register(gateway, { identifier: `acme-${enough}`, name: 'Acme' })).tenant?.status).toBe(
    'ACTIVE',
  );
  expect((await register(gateway, { identifier: `globex-${enough}`, name: 'Globex' })).tenant?.status).toBe(
    'ACTIVE',
  );
  const signUps = await killAmongSignUps(`k${enough}`, enough);
  // A record comes before its database, so these are all that can have been made.
  const begun = await databasesOfRecords();
  const unanswered = signUps.filter(({ answered }) => answered === undefined);
  expect(unanswered.length).toBeGreaterThan(0);
  await gateway.start();

  // Every sign-up that answered works, with the credentials it was given.
  for (const { input, answered } of signUps) {
    if (answered === undefined) continue;
    expect(answered.tenant?.status).toBe('ACTIVE');
    expect(await visit(gateway, input.identifier, answered.bootstrap?.accessToken)).toBe(input.identifier);
  }
  // No half tenant is visible, from the first moment on.
  for (const { input } of unanswered) {
    const seen = await visit(gateway, input.identifier);
    expect([input.identifier, 'TENANT_NOT_FOUND']).toContain(seen);
  }
  // No identifier is lost: whoever was not answered asks again, and gets it.
  await Promise.all(
    unanswered.map(async ({ input }) => {
      const { tenant, bootstrap } = await eventually(async () => {
        // Without a key nobody can tell that a finished registration was theirs; it is theirs by its name here.
        const reply = await register(gateway, input);
        const isOwnButUnanswered =
          reply.userErrors[0]?.code === 'IDENTIFIER_TAKEN' &&
          (await visit(gateway, input.identifier)) === input.identifier;
        if (isOwnButUnanswered)
          return { tenant: { identifier: input.identifier, status: 'ACTIVE' }, bootstrap: null };
        expect(reply.tenant, JSON.stringify(reply)).not.toBeNull();
        return reply;
      }, RECOVERED_WITHIN_MS);
      expect(tenant).toMatchObject({ identifier: input.identifier, status: 'ACTIVE' });
      if (input.idempotencyKey !== undefined || bootstrap !== null) {
        expect(await visit(gateway, input.identifier, bootstrap?.accessToken)).toBe(input.identifier);
      }
    }),
  );
  for (const name of [`acme-${enough}`, `globex-${enough}`]) expect(await visit(gateway, name)).toBe(name);
  const states = await client.db(gateway.controlDatabase).collection('tenants').distinct('status');
  expect(states).toEqual(['ACTIVE']);
  // Nothing that was undone left a database behind.
  const owned = new Set(await databasesOfRecords());
  const present = new Set(
    (await client.db().admin().listDatabases({ nameOnly: true })).databases.map(({ name }) => name),
  );
  expect(begun.filter((name) => present.has(name) && !owned.has(name))).toEqual([]);
});

async function databasesOfRecords(): Promise<string[]> {
  const records = await client.db(gateway.controlDatabase).collection('tenants').find({}).toArray();
  return records.map(({ placement }) => (placement as { database: string }).database);
}

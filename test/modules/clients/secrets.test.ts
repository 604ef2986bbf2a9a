import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientStore, isUseWorthNoting, liveSecret } from '../../../src/modules/clients/store.ts';
import { type BenchTenant, type ModuleBench, openModuleBench } from '../../support/module-bench.ts';
import { done, faultsOf, mutate, READ } from './client-operations.ts';

let bench: ModuleBench;

beforeAll(async () => {
  bench = await openModuleBench(['resources', 'clients']);
});

afterAll(() => bench[Symbol.asyncDispose]());

const DAY_MS = 86_400_000;

async function isAccepted(tenant: BenchTenant, clientId: string, secret: string, now = new Date()) {
  const scope = await tenant.scope();
  const found = await clientStore(scope).withCredentials(clientId);
  if (found === null) return false;
  const live = liveSecret(found, { plain: secret, key: await scope.shell.secretKey(), now });
  if (live !== undefined && isUseWorthNoting(live, now))
    await clientStore(scope).noteUse(clientId, live, now);
  return live !== undefined;
}

describe('a secret', () => {
  it('is shown once, kept as a hash and accepted in its tenant alone', async () => {
    const { acme, globex } = bench;
    const { client, secret } = await done(acme, 'createClient', { name: 'Once' });
    expect(secret).toMatch(/^tgs_[A-Za-z0-9_-]{43}$/);
    const later = JSON.stringify([
      await acme.run(READ, { id: client.id }),
      await done(acme, 'updateClient', { id: client.id, name: 'Renamed' }),
      await clientStore(await acme.scope()).byId(client.clientId),
      await acme.db.collection('clients').find().toArray(),
    ]);
    expect(later).not.toContain(secret);
    expect(JSON.stringify(await clientStore(await acme.scope()).byId(client.clientId))).not.toContain('hash');
    expect(await isAccepted(acme, client.clientId, secret!)).toBe(true);
    expect(await isAccepted(acme, client.clientId, `${secret}x`)).toBe(false);
    expect(await isAccepted(globex, client.clientId, secret!)).toBe(false);
  });

  it('overlaps with its successor until it is revoked', async () => {
    const { acme } = bench;
    const first = await done(acme, 'createClient', { name: 'Rolling' });
    const { id, clientId } = first.client;
    const second = await done(acme, 'addClientSecret', { id });
    expect(second.client.secrets).toHaveLength(2);
    expect(await isAccepted(acme, clientId, first.secret!)).toBe(true);
    const revoke = { id, secretId: first.client.secrets[0]!.id };
    expect((await done(acme, 'revokeClientSecret', revoke)).client.secrets).toHaveLength(1);
    expect(await isAccepted(acme, clientId, first.secret!)).toBe(false);
    expect(await isAccepted(acme, clientId, second.secret!)).toBe(true);
    expect((await mutate(acme, 'revokeClientSecret', revoke)).errors).toEqual([
      'NOT_FOUND Nothing has this id.',
    ]);
  });

  it('expires', async () => {
    const { acme } = bench;
    const { id, clientId } = (await done(acme, 'createClient', { name: 'Expiring' })).client;
    const expiresAt = new Date(Date.now() + DAY_MS);
    const { client, secret } = await done(acme, 'addClientSecret', {
      id,
      expiresAt: expiresAt.toISOString(),
    });
    expect(client.secrets[1]!.expiresAt).toBe(expiresAt.toISOString());
    expect(await isAccepted(acme, clientId, secret!)).toBe(true);
    expect(await isAccepted(acme, clientId, secret!, expiresAt)).toBe(false);
    const past = { id, expiresAt: new Date(Date.now() - 1).toISOString() };
    expect(await faultsOf(acme, 'addClientSecret', past)).toEqual(['INVALID expiresAt']);
  });

  it('is one of at most five live ones, and the expired are forgotten', async () => {
    const { acme } = bench;
    const { id, clientId } = (await done(acme, 'createClient', { name: 'Many' })).client;
    const answers = await Promise.all(
      [1, 2, 3, 4, 5].map(async () => {
        const { payload } = await mutate(acme, 'addClientSecret', { id });
        return (payload.userErrors as { code: string }[]).map(({ code }) => code).join();
      }),
    );
    expect(answers.sort()).toEqual(['', '', '', '', 'LIMIT']);
    const collection = acme.db.collection<{ _id: string }>('clients');
    await collection.updateOne({ _id: clientId }, { $set: { 'secrets.0.expiresAt': new Date(0) } });
    const { client } = await done(acme, 'addClientSecret', { id });
    expect(client.secrets).toHaveLength(5);
    expect(client.secrets.every(({ expiresAt }) => expiresAt === null)).toBe(true);
    expect(await faultsOf(acme, 'addClientSecret', { id })).toEqual(['LIMIT id']);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clients } from '../../../src/modules/clients/index.ts';
import { eventually, WITHIN_A_SECOND_MS } from '../../support/eventually.ts';
import { type BenchTenant, type ModuleBench, openModuleBench } from '../../support/module-bench.ts';
import { done, mutate } from './client-operations.ts';
import { scopeWith } from '../../support/scope-with.ts';

let bench: ModuleBench;

beforeAll(async () => {
  bench = await openModuleBench(['resources', 'clients']);
});

afterAll(() => bench[Symbol.asyncDispose]());

async function isLive(tenant: BenchTenant, clientId: string): Promise<boolean> {
  return clients.isCallerLive!(await tenant.scope({ clientId }));
}

describe('a caller', () => {
  it('is live while its client exists in its own tenant', async () => {
    const { acme, globex } = bench;
    const { client } = await done(acme, 'createClient', { name: 'Caller' });
    expect(await isLive(acme, client.clientId)).toBe(true);
    expect(await isLive(globex, client.clientId)).toBe(false);
    await mutate(acme, 'deleteClient', { id: client.id });
    expect(await isLive(acme, client.clientId)).toBe(false);
  });

  it('needs no client when the command line or nobody made its token', async () => {
    expect(await isLive(bench.acme, 'tenant-gateway-cli')).toBe(true);
    const scope = await bench.acme.scope();
    expect(await clients.isCallerLive!(scopeWith(scope, { principal: { kind: 'anonymous' } }))).toBe(true);
  });

  it('is refused within a second of a deletion elsewhere, and read once meanwhile', async () => {
    const { acme } = bench;
    const { client } = await done(acme, 'createClient', { name: 'Elsewhere' });
    expect(await isLive(acme, client.clientId)).toBe(true);
    await acme.db.collection<{ _id: string }>('clients').deleteOne({ _id: client.clientId });
    expect(await isLive(acme, client.clientId)).toBe(true);
    await eventually(async () => expect(await isLive(acme, client.clientId)).toBe(false), WITHIN_A_SECOND_MS);
  });

  it('is live again at once when its client is made anew', async () => {
    const { acme } = bench;
    const input = { name: 'Phoenix', idempotencyKey: 'phoenix-phoenix-phoenix' };
    const { client } = await done(acme, 'createClient', input);
    await mutate(acme, 'deleteClient', { id: client.id });
    expect(await isLive(acme, client.clientId)).toBe(false);
    expect((await done(acme, 'createClient', input)).client.id).toBe(client.id);
    expect(await isLive(acme, client.clientId)).toBe(true);
  });

  it('is not brought back to life by a check that was under way while it was deleted', async () => {
    const { acme } = bench;
    const { client } = await done(acme, 'createClient', { name: 'Raced' });
    const checks = Array.from({ length: 20 }, () => isLive(acme, client.clientId));
    await Promise.all([mutate(acme, 'deleteClient', { id: client.id }), ...checks]);
    expect(await isLive(acme, client.clientId)).toBe(false);
  });
});

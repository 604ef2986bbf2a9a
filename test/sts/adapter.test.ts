import { errors } from 'oidc-provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Scope } from '../../src/shell/scope.ts';
import { stsAdapter } from '../../src/sts/adapter.ts';
import { artifactModel } from '../../src/sts/artifact.ts';
import { type BenchTenant, type ModuleBench, openModuleBench } from '../support/module-bench.ts';
import { adapterContract } from './adapter-contract.ts';

let bench: ModuleBench;
let scopes: { acme: Scope; globex: Scope };
const revoked: string[] = [];

beforeAll(async () => {
  bench = await openModuleBench(['clients', 'resources']);
  const scopeOf = (tenant: BenchTenant) => tenant.scope();
  scopes = { acme: await scopeOf(bench.acme), globex: await scopeOf(bench.globex) };
});
afterAll(() => bench[Symbol.asyncDispose]());

const adapterOf = (tenant: 'acme' | 'globex') =>
  stsAdapter({
    artifacts: () => scopes[tenant].model(artifactModel),
    findClient: (id) => Promise.resolve(id === `client of ${tenant}` ? { client_id: id } : undefined),
    revokeGrant: (_artifacts, grant) => Promise.resolve(void revoked.push(grant)),
    errors,
  });

describe('the adapter of an identity provider', () => {
  adapterContract(
    (kind) => adapterOf('acme')(kind),
    (kind) => adapterOf('globex')(kind),
  );

  it('finds clients where the clients module has them', async () => {
    expect(await adapterOf('acme')('Client').find('client of acme')).toEqual({ client_id: 'client of acme' });
    expect(await adapterOf('globex')('Client').find('client of acme')).toBeUndefined();
  });

  it('keeps no credential that could be used', async () => {
    await adapterOf('acme')('RefreshToken').upsert(
      'the-secret-token',
      { jti: 'the-secret-token', grantId: 'g' },
      60,
    );
    const kept = JSON.stringify(await bench.acme.db.collection('sts').find().toArray());
    expect(kept).not.toContain('the-secret-token');
  });

  it('lets one of ten use a code, and ends its grant when it comes again', async () => {
    const codes = adapterOf('acme')('AuthorizationCode');
    await codes.upsert('raced', { jti: 'raced', grantId: 'g-raced' }, 60);
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => codes.consume('raced')));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(revoked).toContain('g-raced');
  });

  it('takes an assertion once, however many bring it at the same moment', async () => {
    const replays = adapterOf('acme')('ReplayDetection');
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, () => replays.upsert('jti', { jti: 'jti', iss: 'client' }, 60)),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});

import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { tokenDigest } from '../../src/auth/canonical-token.ts';
import { TokenCache, type VerifiedToken } from '../../src/auth/token-cache.ts';
import type { TenantId } from '../../src/tenancy/tenant.ts';

const NOW = 1_700_000_000_000;
const ACME = { id: 'acme' as TenantId, version: 1 };
const GLOBEX = { id: 'globex' as TenantId, version: 1 };

function verified(tenant: TenantId, subject: string, expiresAtMs = NOW + 600_000): VerifiedToken {
  return {
    tenant,
    principal: { kind: 'user', subject, clientId: 'app', scopes: new Set(), applicationTenant: null, issuedAtMs: NOW },
    expiresAtMs,
  };
}

const subjectOf = (found: VerifiedToken | undefined) =>
  found?.principal.kind === 'user' ? `${found.tenant} ${found.principal.subject}` : undefined;

it('answers each of a million tokens with its own claims, and keeps no more than it may', () => {
  const cache = new TokenCache({ max: 5_000, clock: () => NOW });
  const digests: string[] = [];
  let wrong = 0;
  let found = 0;
  for (let index = 0; index < 1_000_000; index += 1) {
    const tenant = index % 2 === 0 ? ACME : GLOBEX;
    const digest = tokenDigest(`header.${index}.signature`);
    digests[index % 5_000] = digest;
    cache.set(tenant, digest, verified(tenant.id, String(index)));
    if (subjectOf(cache.get(tenant, digest)) !== `${tenant.id} ${index}`) wrong += 1;
    if (index % 7 !== 0) continue;
    // One of a while ago: its own or nothing.
    const earlier = index - (index % 4_999);
    const early = cache.get(earlier % 2 === 0 ? ACME : GLOBEX, digests[earlier % 5_000]!);
    if (early !== undefined) {
      found += 1;
      if (subjectOf(early) !== `${earlier % 2 === 0 ? 'acme' : 'globex'} ${earlier}`) wrong += 1;
    }
  }
  expect(wrong).toBe(0);
  expect(found).toBeGreaterThan(100_000);
  expect(cache.size).toBe(5_000);
});

it('gives no tenant what another has', () => {
  const cache = new TokenCache({ max: 10, clock: () => NOW });
  cache.set(ACME, 'digest', verified(ACME.id, 'a'));
  expect(cache.get(GLOBEX, 'digest')).toBeUndefined();
  // Where one ends and the next begins cannot be shifted.
  expect(cache.get({ id: 'acme 1 digest' as TenantId, version: 1 }, '')).toBeUndefined();
  expect(subjectOf(cache.get(ACME, 'digest'))).toBe('acme a');
});

it('forgets the tokens of a tenant whose record has changed', () => {
  const cache = new TokenCache({ max: 10, clock: () => NOW });
  cache.set(ACME, 'digest', verified(ACME.id, 'a'));
  expect(cache.get({ ...ACME, version: 2 }, 'digest')).toBeUndefined();
});

it('counts until the earlier of 60 seconds and the end of the token', async () => {
  let now = NOW;
  const cache = new TokenCache({ max: 10, clock: () => now });
  cache.set(ACME, 'short', verified(ACME.id, 'a', NOW + 1_000));
  cache.set(ACME, 'long', verified(ACME.id, 'b'));
  const known = async (at: number) => {
    now = at;
    // The cache looks at the clock once a millisecond.
    await sleep(5);
    return ['short', 'long'].filter((digest) => cache.get(ACME, digest) !== undefined);
  };
  expect(await known(NOW + 999)).toEqual(['short', 'long']);
  expect(await known(NOW + 1_000)).toEqual(['long']);
  expect(await known(NOW + 59_999)).toEqual(['long']);
  expect(await known(NOW + 60_001)).toEqual([]);
});

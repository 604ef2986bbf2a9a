import * as argon2 from '@node-rs/argon2';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { LOCK_MS, MAX_ATTEMPTS, REFUSAL_MS, signIn } from '../../../src/modules/users/sign-in.ts';
import { type BenchTenant, type ModuleBench, openModuleBench } from '../../support/module-bench.ts';
import { done, tryPassword, userWithPassword } from './user-operations.ts';
import { scopeWith } from '../../support/scope-with.ts';

// The real ones, counted.
vi.mock('@node-rs/argon2', async (original) => {
  const real = await original<typeof argon2>();
  return { ...real, hash: vi.fn(real.hash), verify: vi.fn(real.verify) };
});

const PASSWORD = 'correct horse battery';
/** One command that counts, and one hash. */
const ONE_OF_EACH = { commands: ['findAndModify'], verified: 1, hashed: 0 };

let bench: ModuleBench;

beforeAll(async () => {
  bench = await openModuleBench(['users']);
  for (const tenant of [bench.acme, bench.globex]) {
    for (const name of ['known', 'suspended', 'locked', 'counted']) {
      const user = await userWithPassword(tenant, { email: `${name}@example.com` }, PASSWORD);
      if (name === 'suspended') await done(tenant, 'suspendUser', { id: user.id });
    }
    await done(tenant, 'createUser', { email: 'invited@example.com' });
    for (let guess = 0; guess < MAX_ATTEMPTS; guess += 1)
      await attempt(tenant, 'locked@example.com', 'wrong');
  }
});

afterAll(() => bench[Symbol.asyncDispose]());

async function attempt(tenant: BenchTenant, email: string, password: string, place: string | null = null) {
  vi.mocked(argon2.verify).mockClear();
  vi.mocked(argon2.hash).mockClear();
  let isIn = false;
  const startedAtMs = performance.now();
  const commands = await bench.commandsOf(async () => {
    isIn = (await tryPassword(tenant, email, password, place)) !== undefined;
  });
  const [verified, hashed] = [vi.mocked(argon2.verify), vi.mocked(argon2.hash)].map(
    ({ mock }) => mock.calls.length,
  );
  // A timer may come a millisecond early.
  const isSoon = performance.now() - startedAtMs < REFUSAL_MS - 2;
  return { isIn, isSoon, cost: { commands, verified, hashed } };
}

function users({ db }: BenchTenant) {
  return db.collection<{ email: string; attempts: number; lockedUntil: Date | null }>('users');
}

function stored(tenant: BenchTenant, email: string) {
  return users(tenant).findOne({ email });
}

describe('an attempt that fails costs the same, whatever is behind it', () => {
  test.each([
    ['an unknown address', 'nobody@example.com', PASSWORD, null],
    ['a wrong password', 'known@example.com', 'wrong', null],
    ['a password longer than any', 'known@example.com', 'x'.repeat(300), null],
    ['a suspended user', 'suspended@example.com', PASSWORD, null],
    ['a locked user', 'locked@example.com', PASSWORD, null],
    ['a user without a password', 'invited@example.com', PASSWORD, null],
    ['a user elsewhere', 'known@example.com', PASSWORD, 'north'],
  ])('%s', async (_what, email, password, place) => {
    for (const tenant of [bench.acme, bench.globex]) {
      const refused = await attempt(tenant, email, password, place);
      expect(refused).toEqual({ isIn: false, isSoon: false, cost: ONE_OF_EACH });
    }
  });

  test('also the one that locks, and those after it', async () => {
    for (const tenant of [bench.acme, bench.globex]) {
      const almost = MAX_ATTEMPTS - 2;
      await users(tenant).updateOne({ email: 'counted@example.com' }, { $set: { attempts: almost } });
      for (let guess = almost + 1; guess <= MAX_ATTEMPTS + 1; guess += 1) {
        const wrong = await attempt(tenant, 'counted@example.com', 'wrong');
        expect(wrong).toEqual({ isIn: false, isSoon: false, cost: ONE_OF_EACH });
        const user = await stored(tenant, 'counted@example.com');
        expect([user?.attempts, user?.lockedUntil != null]).toEqual([
          Math.min(guess, MAX_ATTEMPTS),
          guess >= MAX_ATTEMPTS,
        ]);
      }
    }
  });

  test('the first one of a process too, which makes the hash that nobody has', async () => {
    vi.resetModules();
    const { isPassword } = await import('../../../src/modules/users/password.ts');
    const { hash, verify } = vi.mocked(await import('@node-rs/argon2'));
    const known = await hash(PASSWORD);
    hash.mockClear();
    verify.mockClear();
    expect(await isPassword(PASSWORD, known)).toBe(true);
    expect([hash.mock.calls.length, verify.mock.calls.length]).toEqual([1, 1]);
    expect(await isPassword(PASSWORD, null)).toBe(false);
    expect([hash.mock.calls.length, verify.mock.calls.length]).toEqual([1, 2]);
  });
});

test('who is refused while the time of the request is up is refused, not told of the deadline', async () => {
  for (const tenant of [bench.acme, bench.globex]) {
    const scope = await tenant.scope({ isAnonymous: true });
    const late = scopeWith(scope, { signal: AbortSignal.abort(new Error('the deadline')) });
    expect(await signIn(late, { email: 'known@example.com', password: 'wrong' })).toBeUndefined();
    scope.release();
  }
});

test('once a lock is over, attempts are counted anew', async () => {
  const email = 'counted@example.com';
  const past = { $set: { lockedUntil: new Date(Date.now() - 1) } };
  await users(bench.acme).updateOne({ email }, past);
  expect((await attempt(bench.acme, email, 'wrong')).isIn).toBe(false);
  expect(await stored(bench.acme, email)).toMatchObject({ attempts: 1, lockedUntil: null });
  expect((await attempt(bench.acme, email, PASSWORD)).isIn).toBe(true);
  expect(await stored(bench.acme, email)).toMatchObject({ attempts: 0, lockedUntil: null });
  // A record without a count must not be one that can be tried for ever.
  await users(bench.acme).updateOne({ email }, { $unset: { attempts: 1 } });
  expect((await attempt(bench.acme, email, 'wrong')).isIn).toBe(false);
  expect(await stored(bench.acme, email)).toMatchObject({ attempts: 1, lockedUntil: null });
  const { lockedUntil } = (await stored(bench.globex, email))!;
  expect(lockedUntil!.getTime()).toBeLessThanOrEqual(Date.now() + LOCK_MS);
  expect((await attempt(bench.globex, email, PASSWORD)).isIn).toBe(false);
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isLinkLive, sendPasswordLink, setPassword } from '../../../src/modules/users/password-link.ts';
import { MAX_ATTEMPTS } from '../../../src/modules/users/sign-in.ts';
import { userStore } from '../../../src/modules/users/store.ts';
import { UserErrors } from '../../../src/lib/user-error.ts';
import { type BenchTenant, type ModuleBench, openModuleBench } from '../../support/module-bench.ts';
import { done, linkTo, tryPassword, userWithPassword } from './user-operations.ts';

let bench: ModuleBench;

beforeAll(async () => {
  bench = await openModuleBench(['users'], ['north', 'south']);
});

afterAll(() => bench[Symbol.asyncDispose]());

const PASSWORD = 'correct horse battery';

const visitor = (tenant: BenchTenant) => tenant.scope({ isAnonymous: true });

/** The faults of setting a password, as `CODE path`. */
async function faults(tenant: BenchTenant, token: string, password = PASSWORD): Promise<string[]> {
  const thrown: unknown = await setPassword(await visitor(tenant), token, password).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof UserErrors)) throw new Error(`not refused: ${String(thrown)}`);
  return thrown.errors.map(({ code, path }) => `${code} ${path.join('.')}`);
}

describe('a link to set a password', () => {
  test('works once, in its own tenant, and proves the address', async () => {
    const user = await done(bench.acme, 'createUser', { email: 'once@example.com' });
    const token = linkTo(bench.acme, 'once@example.com');
    expect(await isLinkLive(await visitor(bench.acme), token)).toBe(true);
    expect(await isLinkLive(await visitor(bench.globex), token)).toBe(false);
    expect(await faults(bench.globex, token)).toEqual(['INVALID token']);
    const changed = await setPassword(await visitor(bench.acme), token, PASSWORD);
    expect(changed).toMatchObject({ _id: user.subject, hasPassword: true, isEmailVerified: true });
    expect(await faults(bench.acme, token)).toEqual(['INVALID token']);
    expect(await isLinkLive(await visitor(bench.acme), token)).toBe(false);
  });

  test('is replaced by the next one and cannot be guessed', async () => {
    const user = await done(bench.acme, 'createUser', { email: 'twice@example.com' });
    const first = linkTo(bench.acme, 'twice@example.com');
    await done(bench.acme, 'sendPasswordLink', { id: user.id });
    expect(await faults(bench.acme, first)).toEqual(['INVALID token']);
    for (const token of ['', '.', user.subject, `${user.subject}.${'A'.repeat(43)}`, `${first}x`]) {
      expect(await faults(bench.acme, token)).toEqual(['INVALID token']);
    }
    const [one, two] = await Promise.allSettled(
      [1, 2].map(async () =>
        setPassword(await visitor(bench.acme), linkTo(bench.acme, 'twice@example.com'), PASSWORD),
      ),
    );
    expect([one?.status, two?.status].sort()).toEqual(['fulfilled', 'rejected']);
  });

  test('ends when another address takes the place of the one it was sent to', async () => {
    for (const tenant of [bench.acme, bench.globex]) {
      const user = await done(tenant, 'createUser', { email: 'typo@example.com' });
      const token = linkTo(tenant, 'typo@example.com');
      await done(tenant, 'updateUser', { id: user.id, name: 'Ada' });
      expect(await isLinkLive(await visitor(tenant), token)).toBe(true);
      await done(tenant, 'updateUser', { id: user.id, email: 'right@example.com' });
      expect(await faults(tenant, token)).toEqual(['INVALID token']);
    }
  });

  test('expires', async () => {
    const user = await done(bench.acme, 'createUser', { email: 'late@example.com' });
    const token = linkTo(bench.acme, 'late@example.com');
    await bench.acme.db
      .collection('users')
      .updateOne({ _id: user.subject as never }, { $set: { 'passwordLink.expiresAt': new Date(0) } });
    expect(await faults(bench.acme, token)).toEqual(['INVALID token']);
  });

  test.each([
    ['short', 'too short', 'INVALID password'],
    ['endless', 'x'.repeat(257), 'TOO_LONG password'],
    ['the address', 'policy@example.com', 'INVALID password'],
  ])('refuses a password that is %s and stays good', async (_what, password, fault) => {
    await bench.acme.run('mutation { createUser(input: { email: "policy@example.com" }) { user { id } } }');
    const token = linkTo(bench.acme, 'policy@example.com');
    expect(await faults(bench.acme, token, password)).toEqual([fault]);
    expect(await isLinkLive(await visitor(bench.acme), token)).toBe(true);
  });

  test('of a minimum length the tenant has chosen', async () => {
    const { tenant } = bench.globex;
    Object.assign(tenant, { settings: { 'options.passwordMinLength': 30 } });
    await done(bench.globex, 'createUser', { email: 'long@example.com' });
    const token = linkTo(bench.globex, 'long@example.com');
    expect(await faults(bench.globex, token)).toEqual(['INVALID password']);
    Object.assign(tenant, { settings: {} });
    await setPassword(await visitor(bench.globex), token, PASSWORD);
  });
});

describe('signing in', () => {
  test('needs the password of this tenant; another one has another', async () => {
    await userWithPassword(bench.acme, { email: 'same@example.com' }, 'the acme password');
    await userWithPassword(bench.globex, { email: 'same@example.com' }, 'the globex password');
    expect(await tryPassword(bench.acme, 'Same@Example.com', 'the acme password')).toMatchObject({
      email: 'same@example.com',
    });
    expect(await tryPassword(bench.acme, 'same@example.com', 'the globex password')).toBeUndefined();
    expect(await tryPassword(bench.globex, 'same@example.com', 'the acme password')).toBeUndefined();
    expect(await tryPassword(bench.acme, 'nobody@example.com', 'the acme password')).toBeUndefined();
  });

  test('an accent typed in another way is the same accent', async () => {
    await userWithPassword(bench.acme, { email: 'accent@example.com' }, 'caf\u00e9 au lait, s.v.p.');
    expect(await tryPassword(bench.acme, 'accent@example.com', 'cafe\u0301 au lait, s.v.p.')).toBeDefined();
  });

  test('a suspended user cannot, until resumed', async () => {
    const user = await userWithPassword(bench.acme, { email: 'sus@example.com' }, PASSWORD);
    await done(bench.acme, 'suspendUser', { id: user.id });
    expect(await tryPassword(bench.acme, 'sus@example.com', PASSWORD)).toBeUndefined();
    await done(bench.acme, 'resumeUser', { id: user.id });
    expect(await tryPassword(bench.acme, 'sus@example.com', PASSWORD)).toBeDefined();
  });

  test('guesses at once are counted like guesses one after the other, and lock at the same number', async () => {
    await userWithPassword(bench.acme, { email: 'one@example.com' }, PASSWORD);
    await userWithPassword(bench.acme, { email: 'many@example.com' }, PASSWORD);
    for (let guess = 0; guess < MAX_ATTEMPTS; guess += 1)
      await tryPassword(bench.acme, 'one@example.com', 'wrong');
    expect(await tryPassword(bench.acme, 'one@example.com', PASSWORD)).toBeUndefined();

    const attempts = Array.from({ length: 60 }, (_, index) =>
      tryPassword(bench.acme, 'many@example.com', index < MAX_ATTEMPTS ? `wrong ${index}` : PASSWORD),
    );
    const answers = await Promise.all(attempts);
    // Which ones come first is the server's choice; never more than the first ten were looked at.
    expect(answers.filter((answer) => answer !== undefined).length).toBeLessThanOrEqual(MAX_ATTEMPTS);
    const wrong = Array.from({ length: 200 }, () => tryPassword(bench.acme, 'many@example.com', 'wrong'));
    await Promise.all(wrong);
    expect(await tryPassword(bench.acme, 'many@example.com', PASSWORD)).toBeUndefined();
  });

  test('a lock ends with a new password, sent to the address', async () => {
    await userWithPassword(bench.acme, { email: 'locked@example.com' }, PASSWORD);
    for (let guess = 0; guess <= MAX_ATTEMPTS; guess += 1)
      await tryPassword(bench.acme, 'locked@example.com', 'wrong');
    const scope = await visitor(bench.acme);
    const user = await userStore(scope).byEmail('locked@example.com');
    await sendPasswordLink(scope, user!);
    await setPassword(scope, linkTo(bench.acme, 'locked@example.com'), 'another good password');
    expect(await tryPassword(bench.acme, 'locked@example.com', PASSWORD)).toBeUndefined();
    expect(await tryPassword(bench.acme, 'locked@example.com', 'another good password')).toBeDefined();
  });

  test('no hash leaves the module', async () => {
    const user = await tryPassword(bench.acme, 'same@example.com', 'the acme password');
    expect(JSON.stringify(user)).not.toContain('argon2');
    const stored = JSON.stringify(await bench.acme.db.collection('users').find({}).toArray());
    expect(stored).toContain('$argon2id$');
    expect(stored).not.toContain(PASSWORD);
  });
});

describe('users of application tenants', () => {
  test('one address is a person in each of them, with a password of its own', async () => {
    for (const applicationTenant of ['north', 'south']) {
      await userWithPassword(bench.acme, { email: 'app@example.com' }, `password of ${applicationTenant}`, {
        applicationTenant,
      });
    }
    for (const [own, other] of [
      ['north', 'south'],
      ['south', 'north'],
    ] as const) {
      expect(await tryPassword(bench.acme, 'app@example.com', `password of ${own}`, own)).toMatchObject({
        applicationTenant: own,
      });
      expect(await tryPassword(bench.acme, 'app@example.com', `password of ${other}`, own)).toBeUndefined();
      expect(await tryPassword(bench.acme, 'app@example.com', `password of ${own}`)).toBeUndefined();
      const { data } = await bench.acme.run('{ users { nodes { email } } }', {}, { applicationTenant: own });
      expect(data.users.nodes).toEqual([{ email: 'app@example.com' }]);
    }
    expect(await tryPassword(bench.globex, 'app@example.com', 'password of north', 'north')).toBeUndefined();
  });
});

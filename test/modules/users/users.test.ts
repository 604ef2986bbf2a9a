import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ModuleBench, openModuleBench } from '../../support/module-bench.ts';
import { done, faultsOf, linkTo, mutate } from './user-operations.ts';

let bench: ModuleBench;

beforeAll(async () => {
  bench = await openModuleBench(['users']);
});

afterAll(() => bench[Symbol.asyncDispose]());

const EMAIL = 'ada@example.com';

describe('users of two tenants with one address', () => {
  test('are two people', async () => {
    const [ada, other] = [
      await done(bench.acme, 'createUser', { email: EMAIL, name: 'Ada', scopes: ['content:read'] }),
      await done(bench.globex, 'createUser', { email: EMAIL }),
    ];
    expect(ada).toMatchObject({ email: EMAIL, name: 'Ada', status: 'ACTIVE', scopes: ['content:read'] });
    expect(other.subject).not.toBe(ada.subject);
    for (const tenant of [bench.acme, bench.globex]) {
      const { data } = await tenant.run('{ users { totalCount nodes { email } } }');
      expect(data.users).toEqual({ totalCount: 1, nodes: [{ email: EMAIL }] });
    }
    const foreign = await bench.globex.run('query ($id: ID!) { user(id: $id) { email } }', { id: ada.id });
    expect([foreign.data.user, foreign.errors]).toEqual([null, ['NOT_FOUND Nothing has this id.']]);
  });

  test('each gets a link of its own tenant', () => {
    expect(linkTo(bench.acme, EMAIL)).not.toBe(linkTo(bench.globex, EMAIL));
    expect(bench.acme.mails.at(-1)?.text).toContain(`${bench.acme.tenant.issuer}/oauth/password?token=`);
    expect(JSON.stringify(bench.globex.mails)).not.toContain('acme');
  });

  test('an address is free once, whatever its case', async () => {
    expect(await faultsOf(bench.acme, 'createUser', { email: 'ADA@example.COM' })).toEqual(['TAKEN email']);
  });

  test.each([
    ['no address', { email: 'ada' }, 'INVALID email'],
    ['an address too long', { email: `${'a'.repeat(250)}@example.com` }, 'TOO_LONG email'],
    ['no scope of the gateway', { email: 'x@example.com', scopes: ['orders:read'] }, 'INVALID scopes.0'],
    ['a name of two lines', { email: 'x@example.com', name: 'a\nb' }, 'INVALID name'],
  ])('refuses %s', async (_what, input, fault) => {
    expect(await faultsOf(bench.acme, 'createUser', input)).toEqual([fault]);
    expect(bench.acme.mails.filter(({ to }) => to === 'x@example.com')).toEqual([]);
  });

  test('one idempotency key makes one user and sends one link', async () => {
    const input = { email: 'key@example.com', idempotencyKey: 'k'.repeat(22) };
    const made = [await done(bench.acme, 'createUser', input), await done(bench.acme, 'createUser', input)];
    expect(made[0]?.id).toBe(made[1]?.id);
    expect(bench.acme.mails.filter(({ to }) => to === input.email)).toHaveLength(1);
    expect(await faultsOf(bench.acme, 'createUser', { ...input, name: 'Other' })).toEqual([
      'CONFLICT idempotencyKey',
    ]);
    const there = await done(bench.globex, 'createUser', input);
    expect(there.id).not.toBe(made[0]?.id);
  });
});

describe('what a caller may do to a user', () => {
  const caller = { scopes: ['users:read', 'users:write', 'content:read'] };

  test('nobody grants a scope they lack: not at creation, not later', async () => {
    const created = await mutate(
      bench.acme,
      'createUser',
      { email: 'up@example.com', scopes: ['content:write'] },
      caller,
    );
    expect(created.errors).toEqual(['FORBIDDEN This needs the scope content:write.']);
    const user = await done(bench.acme, 'createUser', { email: 'up@example.com' }, caller);
    const granted = await mutate(
      bench.acme,
      'grantUserScopes',
      { id: user.id, scopes: ['tenant:write'] },
      caller,
    );
    expect(granted.errors).toEqual(['FORBIDDEN This needs the scope tenant:write.']);
    const own = await done(bench.acme, 'grantUserScopes', { id: user.id, scopes: ['content:read'] }, caller);
    expect(own.scopes).toEqual(['content:read']);
    const less = await done(
      bench.acme,
      'revokeUserScopes',
      { id: user.id, scopes: ['content:read'] },
      caller,
    );
    expect(less.scopes).toEqual([]);
  });

  test('nobody has links of a stronger user sent elsewhere', async () => {
    const boss = await done(bench.acme, 'createUser', {
      email: 'boss@example.com',
      scopes: ['tenant:write'],
    });
    const { errors } = await mutate(
      bench.acme,
      'updateUser',
      { id: boss.id, email: 'me@example.com' },
      caller,
    );
    expect(errors).toEqual(['FORBIDDEN This needs the scope tenant:write.']);
    const renamed = await done(bench.acme, 'updateUser', { id: boss.id, name: 'The Boss' }, caller);
    expect(renamed.name).toBe('The Boss');
  });

  test('reading and writing are two scopes, and anonymous callers have neither', async () => {
    const list = '{ users { totalCount } }';
    expect((await bench.acme.run(list, {}, { scopes: ['users:write'] })).errors).toEqual([
      'FORBIDDEN This needs the scope users:read.',
    ]);
    expect((await bench.acme.run(list, {}, { isAnonymous: true })).errors).toEqual([
      'UNAUTHENTICATED Sign in to use this field.',
    ]);
    const written = await mutate(
      bench.acme,
      'createUser',
      { email: 'no@example.com' },
      { scopes: ['users:read'] },
    );
    expect(written.errors).toEqual(['FORBIDDEN This needs the scope users:write.']);
  });

  test('a revision that was overtaken is a conflict', async () => {
    const user = await done(bench.acme, 'createUser', { email: 'rev@example.com' });
    await done(bench.acme, 'updateUser', { id: user.id, name: 'One', expectedRevision: 1 });
    expect(
      await faultsOf(bench.acme, 'updateUser', { id: user.id, name: 'Two', expectedRevision: 1 }),
    ).toEqual(['CONFLICT expectedRevision']);
  });

  test('is gone for good once it is deleted, and its address is free', async () => {
    const user = await done(bench.acme, 'createUser', { email: 'gone@example.com' });
    const { payload } = await mutate(bench.acme, 'deleteUser', { id: user.id });
    expect(payload.deletedId).toBe(user.id);
    const again = await done(bench.acme, 'createUser', { email: 'gone@example.com' });
    expect(again.subject).not.toBe(user.subject);
  });
});

describe('a list of users', () => {
  test('is filtered by address and status and pages in the order of addresses', async () => {
    const found = await bench.acme.run(
      '{ users(filter: { email: "ADA@EXAMPLE.COM" }) { nodes { email } } suspended: users(filter: { status: SUSPENDED }) { totalCount } }',
    );
    expect(found.data).toMatchObject({ users: { nodes: [{ email: EMAIL }] }, suspended: { totalCount: 0 } });
    const page =
      'query ($after: String) { users(first: 2, after: $after, orderBy: { field: EMAIL }) { nodes { email } pageInfo { endCursor hasNextPage } } }';
    const emails: string[] = [];
    let after: string | null = null;
    do {
      const { data } = await bench.acme.run(page, { after });
      emails.push(...(data.users.nodes as { email: string }[]).map(({ email }) => email));
      after = data.users.pageInfo.hasNextPage ? data.users.pageInfo.endCursor : null;
    } while (after !== null);
    expect(emails).toEqual([...emails].sort());
    expect(new Set(emails).size).toBe(emails.length);
    const { data } = await bench.acme.run(page);
    const foreign = await bench.globex.run(page, { after: data.users.pageInfo.endCursor });
    expect(foreign.errors).toEqual(['BAD_USER_INPUT This cursor belongs to another list.']);
  });
});

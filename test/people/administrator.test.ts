import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TENANT_SCOPES } from '../../src/auth/scopes.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { mailsTo } from '../support/people.ts';
import { register, type RegistrationReply } from '../support/platform.ts';
import { UserAgent } from '../support/user-agent.ts';

const EMAIL = 'Root@Example.com';
const PASSWORD = 'a password of many words';

let gateway: TestGateway;

beforeAll(async () => {
  const port = await freePort();
  gateway = await startGateway({ PORT: String(port), PUBLIC_URL: `http://localhost:${port}` });
});

afterAll(() => gateway[Symbol.asyncDispose]());

const fresh = () => `t${randomBytes(5).toString('hex')}`;

const named = (identifier: string, input: object = {}) =>
  register(gateway, { identifier, name: 'Some Company', administrator: { email: EMAIL }, ...input });

const urlOf = ({ bootstrap }: RegistrationReply) => new URL(bootstrap?.setPasswordUrl ?? 'nothing:');

async function useLink(link: URL, password = PASSWORD): Promise<string> {
  const shown = await new UserAgent(gateway).submit(link, { password, repeated: password });
  return /<h1>(.*?)<\/h1>/.exec(shown.body)?.[1] ?? '';
}

/** What a tenant's own database says of its administrator. */
async function storedOf({ tenant }: RegistrationReply) {
  const record = await gateway.app.platform.control.tenants.findOne({ _id: tenant!.id });
  const db = await gateway.databases.of(record!);
  return {
    users: await db.collection('users').find({}).toArray(),
    stamp: await db.collection('_tenant').findOne({}),
    collections: (await db.listCollections().toArray()).map(({ name }) => name).sort(),
  };
}

describe('the administrator a tenant is registered with', () => {
  it('waits beside the stamp and becomes a user with every scope by setting a password', async () => {
    const [acme, globex] = [await named(fresh()), await named(fresh())];
    const waiting = await storedOf(acme);
    expect(waiting.collections).toEqual(['_tenant', 'clients']);
    expect(waiting.stamp!['administrator']).toMatchObject({ email: EMAIL, emailKey: EMAIL.toLowerCase() });
    expect(JSON.stringify(waiting)).not.toContain(urlOf(acme).search.split('.')[1]);
    expect((await new UserAgent(gateway).visit(urlOf(acme))).status).toBe(200);
    expect(await useLink(urlOf(acme), 'short')).toBe('Choose a password');

    // A link of one tenant is nothing at another.
    const stray = new URL(`${globex.tenant!.issuer}/oauth/password${urlOf(acme).search}`);
    expect(await useLink(stray)).toBe('This link does not work any more');

    expect(await useLink(urlOf(acme))).toBe('Your password is set');
    const { users, stamp } = await storedOf(acme);
    expect(users).toMatchObject([
      { email: EMAIL, isEmailVerified: true, scopes: TENANT_SCOPES, applicationTenant: null },
    ]);
    expect(stamp!['administrator']).toBeNull();
    expect(await useLink(urlOf(acme))).toBe('This link does not work any more');
    expect((await storedOf(globex)).users).toEqual([]);
    expect(await useLink(urlOf(globex), 'another password here')).toBe('Your password is set');
  });

  it('is made once, however many follow the link at the same time', async () => {
    const tenant = await named(fresh());
    const titles = await Promise.all(
      Array.from({ length: 8 }, (_, index) => useLink(urlOf(tenant), `${PASSWORD} ${index}`)),
    );
    expect(titles.filter((title) => title === 'Your password is set')).toHaveLength(1);
    expect((await storedOf(tenant)).users).toHaveLength(1);
  });

  it('is sent the link by mail, too', async () => {
    const tenant = await named(fresh());
    const mail = await eventually(() => {
      const found = mailsTo(gateway, EMAIL).find(({ text }) => text.includes(urlOf(tenant).href));
      expect(found).toBeDefined();
      return found;
    });
    expect(mail?.subject).toBe('Some Company: set your password');
  });

  it('gets another link with a replay, in place of the one before, until it was used', async () => {
    const identifier = fresh();
    const idempotencyKey = randomBytes(24).toString('base64url');
    const [first, second] = [
      await named(identifier, { idempotencyKey }),
      await named(identifier, { idempotencyKey }),
    ];
    expect(second.tenant?.id).toBe(first.tenant?.id);
    expect(await useLink(urlOf(first))).toBe('This link does not work any more');
    expect(await useLink(urlOf(second))).toBe('Your password is set');
    const third = await named(identifier, { idempotencyKey });
    expect(third.bootstrap).toMatchObject({ setPasswordUrl: null, clientSecret: expect.any(String) });
    expect((await storedOf(third)).users).toHaveLength(1);
  });

  it('has no link without an address, and none where nobody can be a user', async () => {
    expect((await named(fresh(), { administrator: null })).bootstrap?.setPasswordUrl).toBeNull();
    const plain = await named(fresh(), { modules: ['clients', 'resources'] });
    expect(plain.bootstrap?.setPasswordUrl).toBeNull();
    expect((await storedOf(plain)).stamp!['administrator']).toBeNull();
    const page = await new UserAgent(gateway).visit(
      new URL(`${plain.tenant!.issuer}/oauth/password?token=x`),
    );
    expect(page.status).toBe(404);
  });
});

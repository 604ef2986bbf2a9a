import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Application, openApplication } from '../support/application.ts';
import { freePort } from '../support/free-port.ts';
import { registerBoth, startGateway, type TestGateway, type TestTenant } from '../support/gateway.ts';
import { linkFor, mailsTo, mutate, setPasswordAt, signInAt, titleOf } from '../support/people.ts';
import { graphql } from '../support/request.ts';
import { type Shown, UserAgent } from '../support/user-agent.ts';

const email = 'ada@example.com';
const password = 'the password of ada';

let gateway: TestGateway;
let acme: TestTenant;
let globex: TestTenant;
let app: Application;
let other: Application;

beforeAll(async () => {
  const port = await freePort();
  gateway = await startGateway({
    PORT: String(port),
    PUBLIC_URL: `http://localhost:${port}`,
    TRUST_PROXY: '1',
    // Seventy passwords at once take their time on a machine that has other work.
    REQUEST_DEADLINE_MS: '60000',
  });
  ({ acme, globex } = await registerBoth(gateway));
  app = await openApplication(gateway, acme, { name: '<b>App</b>' });
  other = await openApplication(gateway, globex);
  for (const tenant of [acme, globex]) await person(tenant, email);
});

afterAll(async () => {
  await app?.[Symbol.asyncDispose]();
  await other?.[Symbol.asyncDispose]();
  await gateway?.[Symbol.asyncDispose]();
});

async function person(tenant: TestTenant, address: string): Promise<void> {
  await mutate(gateway, tenant, 'createUser', { email: address }, 'user { id }');
  await setPasswordAt(gateway, linkFor(gateway, address, tenant.record.issuer), password);
}

/** A browser that was sent to the sign-in page, from an address of its own. */
async function visitor(parameters: Record<string, string> = {}, at: Application = app) {
  const agent = new UserAgent(gateway);
  return { agent, login: await agent.visit(await at.signInUrl(parameters)) };
}

const below = ({ url }: Shown, path: string) => new URL(`${url.pathname}${path}`, url);

const ownForm = { 'sec-fetch-site': 'same-origin' };

describe('a form', () => {
  it.each([
    ['another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
    ['a neighbouring host', { 'sec-fetch-site': 'same-site', origin: 'http://evil.localhost' }],
    ['another site, by an old browser', { origin: 'https://evil.example' }],
    ['nowhere', { origin: 'null' }],
    ['who does not say', {}],
    ['a script', { ...ownForm, 'content-type': 'application/json' }],
  ])('that comes from %s is not looked at', async (_whence, headers) => {
    const { agent, login } = await visitor();
    const signedIn = await agent.submit(login.url, { email, password }, headers);
    expect([signedIn.status, titleOf(signedIn)]).toEqual([403, 'This form came from elsewhere']);
    const before = mailsTo(gateway, email).length;
    expect((await agent.submit(below(login, '/forgot'), { email }, headers)).status).toBe(403);
    expect(mailsTo(gateway, email)).toHaveLength(before);
    const link = new URL(`${acme.record.issuer}/oauth/password?token=x`);
    expect((await agent.submit(link, { password, repeated: password }, headers)).status).toBe(403);
  });

  it('of an old browser is known by its origin', async () => {
    const { agent, login } = await visitor();
    const shown = await agent.submit(login.url, { email, password }, { origin: login.url.origin });
    expect(titleOf(shown)).toBe('Let &lt;b&gt;App&lt;/b&gt; in?');
  });

  it('of another browser leads nowhere, and neither does one of another tenant', async () => {
    const { login } = await visitor();
    const thief = new UserAgent(gateway);
    expect(titleOf(await thief.visit(login.url))).toBe('This page has expired');
    const { agent } = await visitor();
    expect(titleOf(await agent.submit(login.url, { email, password }))).toBe('This page has expired');
    const there = await visitor({}, other);
    const moved = new URL(there.login.url.pathname.replace('/t/globex/', '/t/acme/'), there.login.url);
    there.agent.steal(there.agent);
    expect(titleOf(await there.agent.visit(moved))).toBe('This page has expired');
  });

  it('that is sent twice, and a page that is gone back to, ask for another start', async () => {
    const { agent, login } = await visitor();
    const [first, second] = await Promise.all([1, 2].map(() => agent.submit(login.url, { email, password })));
    const titles = [titleOf(first!), titleOf(second!)];
    expect(titles.some((title) => title.startsWith('Let '))).toBe(true);
    const consent = [first!, second!].find((shown) => titleOf(shown).startsWith('Let '))!;
    const done = await agent.submit(consent.url, { decision: 'allow' });
    expect(done.location?.searchParams.get('code')).toBeTruthy();
    for (const page of [login, consent]) {
      const back = await agent.visit(page.url);
      expect([back.status, titleOf(back)]).toEqual([400, 'This page has expired']);
      expect((await agent.submit(page.url, { decision: 'allow' })).status).toBe(400);
    }
  });
});

describe('what a person types', () => {
  it.each([
    ['nothing', {}],
    ['much', { email: `${'a'.repeat(300)}@example.com`, password: 'x'.repeat(5_000) }],
    ['a filter', { 'email[$ne]': 'x', 'password[$ne]': 'x' }],
    ['markup', { email: `"><script>alert(1)</script>`, password: '<b>' }],
    ['control characters', { email: 'ada@example.com\r\nSet-Cookie: a=b', password: '\u0000' }],
  ] as [string, Record<string, string>][])('%s is a wrong password like any other', async (_what, form) => {
    const { agent, login } = await visitor();
    const shown = await agent.submit(login.url, form);
    expect([shown.status, titleOf(shown)]).toEqual([422, 'Sign in']);
    expect(shown.body).not.toMatch(/<script|<b>|alert\(1\)<\//);
    expect(shown.headers['set-cookie']).toBeUndefined();
  });

  it('a megabyte is refused unread', async () => {
    const { agent, login } = await visitor();
    expect((await agent.submit(login.url, { email, password: 'x'.repeat(100_000) })).status).toBe(403);
  });

  it("ends in one answer, whether the address is known, locked, suspended or nobody's", async () => {
    for (const name of ['locked', 'suspended']) await person(acme, `${name}@example.com`);
    await suspend('suspended@example.com');
    const { agent, login } = await visitor();
    for (let attempt = 0; attempt < 11; attempt += 1) {
      await agent.submit(login.url, { email: 'locked@example.com', password: 'wrong' });
    }
    const answers = [];
    for (const [address, word] of [
      [email, 'wrong'],
      ['nobody@example.com', 'wrong'],
      ['locked@example.com', password],
      ['suspended@example.com', password],
    ] as const) {
      const { status, body } = await agent.submit(login.url, { email: address, password: word });
      answers.push([status, body.replaceAll(address, '*')]);
    }
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  });
});

async function suspend(address: string): Promise<void> {
  const query = 'query ($email: String) { users(filter: { email: $email }) { nodes { id } } }';
  const variables = { email: address };
  const { data } = await graphql({ port: gateway.port, token: await acme.token(), query, variables });
  const [user] = (data!['users'] as { nodes: { id: string }[] }).nodes;
  await mutate(gateway, acme, 'suspendUser', { id: user!.id }, 'user { id }');
}

describe('a request for authorization', () => {
  it.each([
    'https://evil.example/callback',
    '//evil.example',
    'javascript:alert(1)',
    'http://127.0.0.1/callback',
  ])('leads nobody to %s', async (redirect_uri) => {
    const { login } = await visitor({ redirect_uri });
    expect([login.status, login.location]).toEqual([400, undefined]);
    expect(titleOf(login)).toBe('This did not work');
    expect(login.body).not.toContain('href="javascript');
  });

  it('shows what it carries as text, and lets nothing into a header', async () => {
    const { login } = await visitor({
      login_hint: `"><img src=x onerror=alert(1)>`,
      ui_locales: 'x"><script>alert(1)</script>',
      state: 'a\r\nSet-Cookie: stolen=1',
    });
    expect(login.body).not.toMatch(/<img|<script/);
    expect(login.body).toContain('&lt;b&gt;App&lt;/b&gt;');
    expect(JSON.stringify(login.headers)).not.toContain('stolen');
  });

  it('can be broken off, which the application is told', async () => {
    const { agent, login } = await visitor();
    const cancelled = await agent.submit(login.url, { decision: 'cancel' });
    expect(cancelled.location?.searchParams.get('error')).toBe('access_denied');
    const again = await agent.visit(await app.signInUrl());
    const consent = await agent.submit(again.url, { email, password });
    const denied = await agent.submit(consent.url, { decision: 'deny' });
    expect(denied.location?.searchParams.get('error')).toBe('access_denied');
    expect(denied.location?.origin).toBe(app.origin);
  });

  it('is not answered by a session of the other tenant', async () => {
    const agent = new UserAgent(gateway);
    await signInAt(agent, await app.signInUrl(), { email, password });
    const there = await agent.visit(await other.signInUrl());
    expect(titleOf(there)).toBe('Sign in');
  });
});

describe('many attempts from one network', () => {
  const from = (address: string) => ({ ...ownForm, 'x-forwarded-for': address });

  it('to sign in end in a wait, for that network alone', async () => {
    const { agent, login } = await visitor();
    const attempt = (address: string) =>
      agent.submit(login.url, { email: 'no@example.com', password: 'x' }, from(address));
    const statuses = await Promise.all(
      Array.from({ length: 70 }, async (_, index) => (await attempt(`2001:db8:0:1::${index}`)).status),
    );
    expect(statuses.filter((status) => status === 422)).toHaveLength(60);
    const last = await attempt('2001:db8:0:1::ffff');
    expect([last.status, Number(last.headers['retry-after']) > 60]).toEqual([429, true]);
    expect(last.body).toContain('There were too many attempts.');
    expect((await attempt('2001:db8:0:2::1')).status).toBe(422);
  });

  it('to have links sent end in a wait, and nobody is flooded', async () => {
    await person(acme, 'flooded@example.com');
    const { agent, login } = await visitor();
    const before = mailsTo(gateway, 'flooded@example.com').length;
    const statuses = await Promise.all(
      Array.from({ length: 25 }, async () => {
        const form = { email: 'flooded@example.com' };
        return (await agent.submit(below(login, '/forgot'), form, from('198.51.100.7'))).status;
      }),
    );
    expect(statuses.filter((status) => status === 200)).toHaveLength(20);
    expect(mailsTo(gateway, 'flooded@example.com').length - before).toBeLessThanOrEqual(5);
  });
});

describe('a link that was forgotten or asked for twice', () => {
  it('is promised to everybody in the same words', async () => {
    const { agent, login } = await visitor();
    const answers = [];
    for (const address of [email, 'nobody@example.com']) {
      const { status, body } = await agent.submit(below(login, '/forgot'), { email: address });
      answers.push([status, body.replaceAll(address, '*')]);
    }
    expect(answers[0]).toEqual(answers[1]);
    expect(mailsTo(gateway, 'nobody@example.com')).toEqual([]);
  });

  it('asks for an address that can be one', async () => {
    const { agent, login } = await visitor();
    for (const address of [
      '',
      'ada',
      'a@b@c',
      `${'a'.repeat(300)}@example.com`,
      'x@example.com\nBcc: y@example.com',
    ]) {
      expect((await agent.submit(below(login, '/forgot'), { email: address })).status).toBe(422);
    }
  });

  it('is not offered to newcomers where the tenant does not want them', async () => {
    const { agent, login } = await visitor();
    expect(titleOf(await agent.visit(below(login, '/sign-up')))).toBe('Sign in');
    await agent.submit(below(login, '/sign-up'), { email: 'new@example.com' });
    expect(mailsTo(gateway, 'new@example.com')).toEqual([]);
  });
});

it('answers pages no cache keeps and no site frames', async () => {
  const { agent, login } = await visitor();
  const link = await agent.visit(new URL(`${acme.record.issuer}/oauth/password?token=x`));
  const expired = await new UserAgent(gateway).visit(login.url);
  const refused = await agent.submit(login.url, { email, password: 'wrong' });
  const { login: failed } = await visitor({ redirect_uri: 'https://evil.example' });
  for (const { headers, body } of [login, link, expired, refused, failed]) {
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
    });
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    expect(body).not.toContain('<script');
  }
});

it("lets a page show the tenant's logo and nothing else from elsewhere", async () => {
  const logoUrl = 'https://pictures.example/a.png?x="><script>';
  await mutate(gateway, globex, 'updateSettings', { theme: { logoUrl } }, '');
  const { login } = await visitor({}, other);
  expect(login.headers['content-security-policy']).toContain('img-src data: https://pictures.example');
  expect(login.body).toContain('<img src="https://pictures.example/a.png?');
  expect(login.body).not.toContain('<script');
  const { login: own } = await visitor();
  expect(own.headers['content-security-policy']).not.toContain('pictures.example');
});

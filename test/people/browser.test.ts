import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type BrowserSession, openSession } from '../http/graphiql/browser-session.ts';
import { type Application, openApplication } from '../support/application.ts';
import { launchBrowser } from '../support/browser.ts';
import { freePort } from '../support/free-port.ts';
import { registerBoth, startGateway, type TestGateway, type TestTenant } from '../support/gateway.ts';
import { linkFor, mutate, screenshot } from '../support/people.ts';

// A walk through many pages and pictures: seconds here, a minute on a machine that is busy with other browsers.
vi.setConfig({ testTimeout: 120_000 });

const EMAIL = 'ada@example.com';
const PASSWORDS = { acme: 'the password of acme', globex: 'the password of globex' };
const THEMES = { acme: '#0b5d3b', globex: '#ffd400' };

let gateway: TestGateway;
let browser: Browser;
let tenants: { acme: TestTenant; globex: TestTenant };
let apps: { acme: Application; globex: Application };

beforeAll(async () => {
  const port = await freePort();
  gateway = await startGateway({
    PORT: String(port),
    PUBLIC_URL: `http://localhost:${port}`,
    BASE_DOMAIN: 'tenants.test',
  });
  tenants = await registerBoth(gateway);
  for (const name of ['acme', 'globex'] as const) {
    const theme = { primaryColor: THEMES[name] };
    await mutate(gateway, tenants[name], 'updateSettings', { theme, options: { userSignUp: true } }, '');
    await mutate(
      gateway,
      tenants[name],
      'createUser',
      { email: EMAIL, scopes: ['content:read'] },
      'user { id }',
    );
  }
  apps = {
    acme: await openApplication(gateway, tenants.acme, { name: 'Rockets & Skates' }),
    globex: await openApplication(gateway, tenants.globex, { name: 'Doomsday' }),
  };
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
  await apps?.acme[Symbol.asyncDispose]();
  await apps?.globex[Symbol.asyncDispose]();
  await gateway?.[Symbol.asyncDispose]();
});

const PHONE = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };

function session(options: object = {}): Promise<BrowserSession> {
  const origins = [`http://localhost:${gateway.port}`, apps.acme.origin, apps.globex.origin];
  return openSession(browser, origins, options);
}

async function signInWith(page: Page, email: string, password: string): Promise<void> {
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

async function choosePassword(page: Page, link: string, password: string): Promise<void> {
  await page.goto(link);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByLabel('The same again').fill(password);
  await page.getByRole('button', { name: 'Set the password' }).click();
}

/** What the answer of a wrong form is to a browser: nothing that anybody would have to see to. */
const isRefusedForm = (complaint: string) => /status of (422|429|410|403|400)/.test(complaint);

describe.each([
  ['on a desk', {}],
  ['on a phone, without JavaScript', { ...PHONE, javaScriptEnabled: false }],
])('a person of two tenants with one address, %s', (place, options) => {
  it.each(['acme', 'globex'] as const)('comes to the application of %s', async (name) => {
    await using opened = await session(options);
    const { page } = opened;
    const shot = (step: string) => screenshot(page, `${name}-${place.replaceAll(/\W+/g, '-')}-${step}`);
    const { issuer } = tenants[name].record;
    const user = `${place.length}${EMAIL}`;
    await mutate(
      gateway,
      tenants[name],
      'createUser',
      { email: user, scopes: ['content:read'] },
      'user { id }',
    );

    await page.goto(linkFor(gateway, user, issuer));
    await shot('1-choose-password');
    await choosePassword(page, linkFor(gateway, user, issuer), PASSWORDS[name]);
    await page.getByRole('heading', { name: 'Your password is set' }).waitFor();
    await shot('2-password-set');

    await page.goto((await apps[name].signInUrl()).href);
    expect(await page.title()).toBe(`Sign in · Tenant ${name}`);
    const button = page.getByRole('button', { name: 'Sign in' });
    expect(await button.evaluate((element) => getComputedStyle(element).backgroundColor)).toBe(
      { acme: 'rgb(11, 93, 59)', globex: 'rgb(255, 212, 0)' }[name],
    );
    await shot('3-sign-in');
    const other = name === 'acme' ? 'globex' : 'acme';
    await signInWith(page, user, PASSWORDS[other]);
    await page.getByRole('alert').waitFor();
    await shot('4-wrong');
    expect(await page.getByLabel('E-mail address').inputValue()).toBe(user);

    await signInWith(page, user, PASSWORDS[name]);
    await page.getByText('read published content').waitFor();
    await shot('5-consent');
    await page.getByRole('button', { name: 'Allow', exact: true }).click();
    await page.getByText(`Welcome, "${user}"`).waitFor();
    const { tokens } = apps[name].last;
    expect(tokens?.claims()).toMatchObject({ iss: issuer, email: user, email_verified: true });
    expect(tokens?.scope).toContain('content:read');
    expect(opened.strangers).toEqual([]);
    expect(opened.complaints.filter((complaint) => !isRefusedForm(complaint))).toEqual([]);
  });
});

describe('a person who is stuck', () => {
  it('makes an account, locks it, and comes in with another password', async () => {
    await using opened = await session(PHONE);
    const { page } = opened;
    const shot = (step: string) => screenshot(page, `stuck-${step}`);
    const email = 'new@example.com';
    const { issuer } = tenants.acme.record;
    await page.goto((await apps.acme.signInUrl()).href);
    await page.getByRole('link', { name: 'Create an account' }).click();
    await shot('1-sign-up');
    await page.getByLabel('E-mail address').fill(email);
    await page.getByRole('button', { name: 'Send the link' }).click();
    await page.getByRole('status').waitFor();
    await shot('2-look-into-your-mail');

    await choosePassword(page, linkFor(gateway, email, issuer), PASSWORDS.acme);
    await page.goto((await apps.acme.signInUrl()).href);
    for (let attempt = 0; attempt < 11; attempt += 1) {
      await signInWith(page, email, 'wrong');
      await page.getByRole('alert').waitFor();
    }
    await signInWith(page, email, PASSWORDS.acme);
    await page.getByRole('alert').waitFor();
    await shot('3-locked');

    const first = linkFor(gateway, email, issuer);
    await page.getByRole('link', { name: 'Forgot your password?' }).click();
    await shot('4-forgot');
    await page.getByLabel('E-mail address').fill(email);
    await page.getByRole('button', { name: 'Send the link' }).click();
    await page.getByRole('status').waitFor();
    await expect.poll(() => linkFor(gateway, email, issuer)).not.toBe(first);
    const link = linkFor(gateway, email, issuer);
    await page.getByRole('link', { name: 'Back to sign in' }).click();
    const signInPage = page.url();
    await choosePassword(page, link, 'another good password');
    await page.goto(link);
    await page.getByText('This link does not work any more').waitFor();
    await shot('5-used-link');

    await page.goto(signInPage);
    await signInWith(page, email, 'another good password');
    await page.getByRole('button', { name: 'Allow', exact: true }).click();
    await page.getByText(`Welcome, "${email}"`).waitFor();
    await page.goto(signInPage);
    await page.getByText('This page has expired').waitFor();
    await shot('6-expired');
    // Without a scope of its own; and the neighbour knows nobody of that name.
    expect(apps.acme.last.tokens?.scope ?? '').not.toContain('content:read');
    await page.goto((await apps.globex.signInUrl()).href);
    await signInWith(page, email, 'another good password');
    await page.getByRole('alert').waitFor();
    expect(opened.strangers).toEqual([]);
    expect(opened.complaints.filter((complaint) => !isRefusedForm(complaint))).toEqual([]);
  });

  it('finds every page in order for eyes, keys and screen readers', async () => {
    await using opened = await session(PHONE);
    const { page } = opened;
    await page.goto((await apps.globex.signInUrl()).href);
    const facts = await page.evaluate<{
      lang: string;
      isWide: boolean;
      unlabelled: number;
      headings: number;
    }>(`({
      lang: document.documentElement.lang,
      isWide: document.documentElement.scrollWidth > innerWidth,
      unlabelled: [...document.querySelectorAll('input:not([type=hidden])')].filter((each) => each.labels.length === 0).length,
      headings: document.querySelectorAll('h1').length,
    })`);
    expect(facts).toEqual({ lang: 'en', isWide: false, unlabelled: 0, headings: 1 });
    const reached: string[] = [];
    for (let key = 0; key < 6; key += 1) {
      await page.keyboard.press('Tab');
      reached.push(
        await page.evaluate<string>(`document.activeElement.name || document.activeElement.textContent`),
      );
      const outline = await page.evaluate<string>(`getComputedStyle(document.activeElement).outlineStyle`);
      expect(outline).toBe('solid');
    }
    expect(reached).toEqual([
      'email',
      'password',
      'remember',
      'Sign in',
      'decision',
      'Forgot your password?',
    ]);
  });
});

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { execute, openSession, storedEntries } from '../http/graphiql/browser-session.ts';
import { launchBrowser } from '../support/browser.ts';
import { freePort } from '../support/free-port.ts';
import { registerBoth, startGateway, type TestGateway, type TestTenant } from '../support/gateway.ts';
import { linkFor, mutate, screenshot } from '../support/people.ts';

// A walk through many pages and pictures: seconds here, a minute on a machine that is busy with other browsers.
vi.setConfig({ testTimeout: 120_000 });

const EMAIL = 'ada@example.com';
const PASSWORDS = { acme: 'the password of acme', globex: 'the password of globex' };
const SCOPES = { acme: ['content:read', 'settings:read'], globex: ['users:read'] };

let gateway: TestGateway;
let browser: Browser;
let tenants: { acme: TestTenant; globex: TestTenant };

beforeAll(async () => {
  const port = await freePort();
  gateway = await startGateway({
    PORT: String(port),
    PUBLIC_URL: `http://localhost:${port}`,
    BASE_DOMAIN: 'localhost',
    GRAPHIQL: 'signed-in',
    INTROSPECTION: 'signed-in',
  });
  tenants = await registerBoth(gateway);
  browser = await launchBrowser();
  await using opened = await session();
  for (const name of ['acme', 'globex'] as const) {
    await mutate(gateway, tenants[name], 'createUser', { email: EMAIL, scopes: SCOPES[name] }, 'user { id }');
    await opened.page.goto(linkFor(gateway, EMAIL, tenants[name].record.issuer));
    await opened.page.getByLabel('Password', { exact: true }).fill(PASSWORDS[name]);
    await opened.page.getByLabel('The same again').fill(PASSWORDS[name]);
    await opened.page.getByRole('button', { name: 'Set the password' }).click();
    await opened.page.getByText('Your password is set').waitFor();
  }
});

afterAll(async () => {
  await browser?.close();
  await gateway?.[Symbol.asyncDispose]();
});

const at = (host: string) => `http://${host}:${gateway.port}`;

function session() {
  return openSession(browser, [at('localhost'), at('acme.localhost'), at('globex.localhost')]);
}

/** What a person does who comes to the page of a tenant. */
async function signIn(page: Page, password: string): Promise<void> {
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByLabel('E-mail address').fill(EMAIL);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Allow', exact: true }).click();
  await page.locator('.account summary', { hasText: EMAIL }).waitFor();
}

async function shownScopes(page: Page): Promise<string[]> {
  await page.locator('.account summary').click();
  const scopes = await page.locator('.identity code').allInnerTexts();
  await page.keyboard.press('Escape');
  return scopes.sort();
}

describe('GraphiQL of two tenants on one origin', () => {
  it('signs in and out at its own tenant, and keeps the token in memory alone', async () => {
    await using opened = await session();
    const { page } = opened;
    for (const name of ['acme', 'globex'] as const) {
      await page.goto(`${at('localhost')}/t/${name}/graphql`);
      await page.getByRole('button', { name: 'Sign in' }).waitFor();
      expect(await page.locator('.graphiql-container').count()).toBe(0);
      await screenshot(page, `graphiql-${name}-1-gate`);
      await signIn(page, PASSWORDS[name]);
      await page.locator('.graphiql-query-editor .CodeMirror').waitFor();
      expect(page.url()).toBe(`${at('localhost')}/t/${name}/graphql`);
      expect(await shownScopes(page)).toEqual(SCOPES[name]);
      await page.locator('.samples').waitFor();
      expect(await execute(page)).toContain(`"identifier": "${name}"`);
      await screenshot(page, `graphiql-${name}-2-signed-in`);
      const stored = await storedEntries(page);
      expect(JSON.stringify(stored)).not.toMatch(/eyJ|verifier/);
    }
    // A session at one tenant is none at the other; back at the first it still is one.
    await page.goto(`${at('localhost')}/t/acme/graphql`);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.locator('.account summary', { hasText: EMAIL }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Do you want to sign out?' }).waitFor();
    await screenshot(page, 'graphiql-acme-3-sign-out');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByLabel('E-mail address').waitFor();
    await page.goto(`${at('localhost')}/t/globex/graphql`);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.locator('.account summary', { hasText: EMAIL }).waitFor();
    expect(await shownScopes(page)).toEqual(SCOPES.globex);
    expect(opened.strangers).toEqual([]);
    expect(opened.complaints).toEqual([]);
  });

  it("signs in at a host of its own, too, from another origin than the identity provider's", async () => {
    await using opened = await session();
    const { page } = opened;
    await page.goto(`${at('globex.localhost')}/graphql`);
    await signIn(page, PASSWORDS.globex);
    expect(page.url()).toBe(`${at('globex.localhost')}/graphql`);
    expect(await shownScopes(page)).toEqual(SCOPES.globex);
    expect(opened.complaints).toEqual([]);
  });

  it('takes no code that it did not ask for', async () => {
    await using opened = await session();
    const { page } = opened;
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(
      `${at('localhost')}/t/acme/graphql?code=stolen&state=made-up&iss=${tenants.acme.record.issuer}`,
    );
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    expect(page.url()).toBe(`${at('localhost')}/t/acme/graphql`);
    expect(asked.filter((url) => url.includes('/oauth/'))).toEqual([]);
  });

  it('says why, when a person does not agree', async () => {
    await using opened = await session();
    const { page } = opened;
    await page.goto(`${at('localhost')}/t/acme/graphql`);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('The person did not want to sign in.').waitFor();
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByLabel('E-mail address').waitFor();
  });
});

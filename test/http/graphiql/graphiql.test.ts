import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../../support/browser.ts';
import { execute, openSession, replaceText, storedEntries, waitUntilStored } from './browser-session.ts';
import { ACCESS_TOKEN, startGraphiqlServer } from './graphiql-server.ts';
import type { GraphiqlServer } from './graphiql-server.ts';

const HOSTILE = `</title></script><script>window.isPwned = true</script><img src=x onerror="window.isPwned = true">`;

describe('GraphiQL in a browser', () => {
  let browser: Browser;
  let server: GraphiqlServer;

  beforeAll(async () => {
    [browser, server] = await Promise.all([launchBrowser(), startGraphiqlServer()]);
    server.setPage('acme', { title: 'Acme Corporation' });
    server.setPage('globex', { title: 'Globex' });
    server.setPage('developer', { developmentToken: ACCESS_TOKEN });
    server.setPage('expired', { developmentToken: 'eyJleHBpcmVk.eyJ4.eA' });
    server.setPage('guarded', { title: 'Guarded', isSignInRequired: true });
    server.setPage('nowhere', { endpoint: '/t/nowhere/graphql' });
    server.setPage('hostile', {
      title: HOSTILE,
      sampleOperations: [{ name: HOSTILE, query: '{ tenant { name } }' }],
    });
  });

  afterAll(async () => {
    await browser?.close();
    await server?.[Symbol.asyncDispose]();
  });

  const session = () => openSession(browser, server.origin);

  async function open(page: Page, identifier: string): Promise<void> {
    server.seen.length = 0;
    await page.goto(`${server.origin}/${identifier}`);
  }

  async function openEditor(page: Page, identifier: string): Promise<void> {
    await open(page, identifier);
    await page.locator('.graphiql-query-editor .CodeMirror').waitFor();
    await page.locator('.samples').waitFor();
  }

  const tabTitles = (page: Page) => page.locator('[role=tab]').allInnerTexts();

  it('carries the tenant in its title and runs the first sample', async () => {
    await using opened = await session();
    const { page } = opened;
    await openEditor(page, 'acme');
    expect(await page.title()).toBe('Acme Corporation · GraphiQL');
    expect(await tabTitles(page)).toEqual(['WhoAmI', 'Greet', 'Rename']);
    expect(await execute(page)).toContain('"name": "Acme"');
    const [request] = server.seen.filter(({ query }) => query.includes('WhoAmI'));
    expect(request?.authorization).toBeNull();
    expect(request?.headers.get('accept')).toBe('application/graphql-response+json, application/json');
  });

  it('breaks no rule of its policy and asks no other host, whatever is opened', async () => {
    await using opened = await session();
    const { page } = opened;
    await openEditor(page, 'acme');
    await page.getByLabel('Open settings dialog').click();
    await page.getByRole('button', { name: 'Dark' }).click();
    await page.keyboard.press('Escape');
    await page.getByLabel('Show History').click();
    await page.getByLabel('Show Documentation Explorer').click();
    await page.locator('.account summary').click();
    await page.getByLabel('Access token').waitFor();
    expect(opened.complaints).toEqual([]);
    await page.getByRole('link', { name: 'Query' }).click();
    await page.locator('.graphiql-doc-explorer img').waitFor({ state: 'attached' });
    expect(opened.complaints.join()).toMatch(/elsewhere\.invalid.*Content Security Policy/);
    expect(opened.strangers).toEqual([]);
  });

  it('opens each sample in a tab, with its variables, and an open one only once', async () => {
    await using opened = await session();
    const { page } = opened;
    await openEditor(page, 'acme');
    await page.getByRole('button', { name: 'Greet someone' }).click();
    expect(await execute(page)).toContain('"greeting": "Hello, Grace"');
    expect(await tabTitles(page)).toHaveLength(3);
    await page.getByRole('button', { name: 'Watch the countdown' }).click();
    await page.getByRole('tab', { name: 'Countdown' }).waitFor();
    await page.getByLabel('Execute query').click();
    await page.locator('.result-window', { hasText: '"countdown": 0' }).waitFor();
    expect(await tabTitles(page)).toEqual(['WhoAmI', 'Greet', 'Rename', 'Countdown']);
    await waitUntilStored(page, 'subscription Countdown');
    await page.reload();
    await page.locator('.samples').waitFor();
    expect(await tabTitles(page)).toEqual(['WhoAmI', 'Greet', 'Rename', 'Countdown']);
  });

  it('stores nothing outside the namespace and no credential inside it', async () => {
    await using opened = await session();
    const { page } = opened;
    await openEditor(page, 'acme');
    await page.getByRole('button', { name: 'Headers' }).click();
    await replaceText(
      page,
      '[aria-label="Headers"]',
      `{"Authorization": "Bearer ${ACCESS_TOKEN}", "x-key": "s3cret"}`,
    );
    expect(await execute(page)).toContain('"subject": "ada"');
    await replaceText(page, '[aria-label="Query Editor"]', 'query Edited { tenant { identifier } }');
    await execute(page);
    await waitUntilStored(page, 'Edited');
    await page.getByRole('tab', { name: 'Greet' }).click();
    await waitUntilStored(page, '"activeTabIndex":1');
    await page.reload();
    await page.locator('.samples').waitFor();
    await waitUntilStored(page, 'Edited');
    const entries = await storedEntries(page);
    expect(entries.map(([key]) => key)).toContain('tenant-gateway:acme:graphiql:queries');
    for (const [key, value] of entries) {
      expect(key).toMatch(/^tenant-gateway:acme:/);
      expect(value, key).not.toMatch(/eyJ|s3cret|Bearer/);
    }
  });

  it('keeps the tabs of two tenants apart', async () => {
    await using opened = await session();
    const { page } = opened;
    await openEditor(page, 'acme');
    await replaceText(page, '[aria-label="Query Editor"]', 'query OnlyForAcme { tenant { name } }');
    await waitUntilStored(page, 'OnlyForAcme');
    await openEditor(page, 'globex');
    expect(await tabTitles(page)).toEqual(['WhoAmI', 'Greet', 'Rename']);
    await page.getByLabel('Open settings dialog').click();
    await page.getByRole('button', { name: 'Clear data' }).click();
    await openEditor(page, 'acme');
    expect(await tabTitles(page)).toContain('OnlyForAcme');
  });

  it('fills the header pane with the development token and says whose it is', async () => {
    await using opened = await session();
    const { page } = opened;
    await openEditor(page, 'developer');
    await page.locator('.account summary', { hasText: 'ada' }).click();
    await page.getByText('content:write').waitFor();
    expect(await page.locator('[aria-label="Headers"]').innerText()).toContain('"Bearer eyJ');
    expect(await execute(page)).toContain('"subject": "ada"');
    expect(server.seen.map(({ authorization }) => authorization)).toEqual(
      server.seen.map(() => `Bearer ${ACCESS_TOKEN}`),
    );
    await page.locator('.account summary').click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.locator('.account summary', { hasText: 'Sign in' }).waitFor();
    await page.locator('.samples').waitFor();
    server.seen.length = 0;
    await page.getByRole('tab', { name: 'Greet' }).click();
    await page.getByRole('tab', { name: 'WhoAmI' }).click();
    expect(await execute(page)).toContain('"subject": null');
    expect(server.seen.map(({ authorization }) => authorization)).toEqual(server.seen.map(() => null));

    await page.locator('.account summary').click();
    await page.getByLabel('Access token').fill(ACCESS_TOKEN);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.locator('.account summary', { hasText: 'ada' }).waitFor();
    await page.locator('.samples').waitFor();
    expect(await execute(page)).toContain('"subject": "ada"');
    expect(JSON.stringify(await storedEntries(page))).not.toContain('eyJ');
  });

  it('says that a development token is refused, with the editor still at hand', async () => {
    await using opened = await session();
    await openEditor(opened.page, 'expired');
    await opened.page.locator('.account summary', { hasText: 'Token refused' }).click();
    await opened.page.getByText('This token is not valid.').first().waitFor();
  });

  it('shows and fetches nothing but the sign-in until a token is accepted, where sign-in is required', async () => {
    await using opened = await session();
    const { page } = opened;
    const scripts: string[] = [];
    page.on('request', (request) => scripts.push(request.url()));
    await open(page, 'guarded');
    const input = page.getByLabel('Access token');
    await input.fill('Bearer eyJub3Q.eyJ2YWxpZA.eA');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('This token is not valid.').waitFor();
    expect(server.seen.map(({ query }) => query)).toEqual([expect.stringContaining('viewer')]);
    expect(await page.locator('.graphiql-container').count()).toBe(0);
    expect(scripts.join()).not.toContain('graphiql.min.js');

    await input.fill(` Bearer ${ACCESS_TOKEN}\n`);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.locator('.samples').waitFor();
    await page.locator('.account summary', { hasText: 'ada' }).click();
    expect(await execute(page)).toContain('"subject": "ada"');
    expect(server.seen.filter(({ query }) => query.includes('IntrospectionQuery'))).toMatchObject([
      { authorization: `Bearer ${ACCESS_TOKEN}` },
    ]);
    expect(JSON.stringify(await storedEntries(page))).not.toContain('eyJ');

    await page.locator('.account summary').click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await input.waitFor();
    expect(await page.locator('.graphiql-container').count()).toBe(0);
    await page.reload();
    await input.waitFor();
  });

  it('says in words that the endpoint does not answer', async () => {
    await using opened = await session();
    await openEditor(opened.page, 'nowhere');
    const result = await execute(opened.page);
    expect(result).toContain('"message": "The server answered 404 without JSON."');
    expect(result).not.toContain('stack');
  });

  it('takes a hostile name as text', async () => {
    await using opened = await session();
    const { page } = opened;
    await openEditor(page, 'hostile');
    expect(await page.title()).toBe(`${HOSTILE} · GraphiQL`);
    expect(await page.locator('.bar-title').innerText()).toBe(HOSTILE);
    expect(await page.locator('.sample-name').innerText()).toBe(HOSTILE);
    expect(await execute(page)).toContain('"name": "Acme"');
    expect(await page.evaluate('window.isPwned')).toBeUndefined();
    expect(opened.complaints).toEqual([]);
  });
});

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDemo } from '../../../src/demo/open-demo.ts';
import { createLogger } from '../../../src/observability/logger.ts';
import { launchBrowser } from '../../support/browser.ts';
import { contentWriter } from '../../support/content.ts';
import { freePort } from '../../support/free-port.ts';
import { startGateway, type TestGateway } from '../../support/gateway.ts';
import { execute, openSession, storedEntries } from './browser-session.ts';

let gateway: TestGateway;
let browser: Browser;

beforeAll(async () => {
  const port = await freePort();
  const PUBLIC_URL = `http://localhost:${port}`;
  gateway = await startGateway({ PORT: String(port), PUBLIC_URL, BASE_DOMAIN: 'localhost' });
  await openDemo(gateway.app, createLogger('silent'), () => undefined);
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
  await gateway?.[Symbol.asyncDispose]();
});

/** The addresses `npm start` prints, for a tenant. */
function addressesOf(identifier: string): { origin: string; path: string }[] {
  const { port } = gateway;
  return [
    { origin: `http://${identifier}.localhost:${port}`, path: '/graphql' },
    { origin: `http://localhost:${port}`, path: `/t/${identifier}/graphql` },
  ];
}

test.each([
  ['mdn', 'MDN browser compatibility', '"totalCount": 8'],
  ['atlas', 'Atlas du monde', '"totalCount": 250'],
])('%s: its samples run on its real content at both addresses', async (identifier, name, count) => {
  for (const { origin, path } of addressesOf(identifier)) {
    await using session = await openSession(browser, origin);
    const { page } = session;
    await page.goto(origin + path);
    await page.locator('.graphiql-query-editor .CodeMirror').waitFor();
    expect(await page.title()).toContain(name);
    expect(await execute(page)).toContain(`"identifier": "${identifier}"`);

    await page.getByRole('button', { name: 'Newest content' }).click();
    const result = await execute(page);
    expect(result).not.toContain('"errors"');
    await expect.poll(() => execute(page)).toContain(count);

    const stored = await storedEntries(page);
    expect(stored.length).toBeGreaterThan(0);
    for (const [key, value] of stored) {
      expect(key).toMatch(new RegExp(`^tenant-gateway:${identifier}\\.[0-9a-f]{12}:`));
      expect(value).not.toContain('eyJ');
    }
    expect(session.strangers).toEqual([]);
    expect(session.complaints).toEqual([]);
  }
});

test('a subscription shows changes as they happen, until it is stopped', async () => {
  const [address] = addressesOf('atlas');
  await using session = await openSession(browser, address!.origin);
  const { page } = session;
  await page.goto(address!.origin + address!.path);
  await page.locator('.graphiql-query-editor .CodeMirror').waitFor();
  await page.getByRole('button', { name: 'Changes of content as they happen' }).click();
  await page.getByRole('button', { name: /^Execute query/ }).click();
  const { streams, platform, developmentToken } = gateway.app;
  await expect.poll(() => streams.size).toBe(1);
  const record = await platform.control.tenants.findOne({ names: 'atlas' as never });
  const token = (await developmentToken(record!._id)) ?? '';
  const writer = await contentWriter(gateway, { token: () => Promise.resolve(token) });
  await writer.create('Live from the other side');
  await expect.poll(() => page.locator('.result-window').innerText()).toContain('Live from the other side');
  await page.getByRole('button', { name: /^Stop/ }).click();
  await expect.poll(() => streams.size).toBe(0);
  expect(session.complaints).toEqual([]);
});

import { expect } from 'vitest';
import type { Browser, BrowserContext, BrowserContextOptions, Page, Request } from 'playwright-core';

/** A page in a browser profile of its own, with a record of what it must not do. */
export interface BrowserSession extends AsyncDisposable {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Console errors (a breach of the content security policy is one) and uncaught exceptions. */
  readonly complaints: string[];
  /** URLs of other hosts that a request was sent to, or would have been with a network. */
  readonly strangers: string[];
}

/** @param origins - those that may be asked. */
export async function openSession(
  browser: Browser,
  origins: string | readonly string[],
  options: BrowserContextOptions = {},
): Promise<BrowserSession> {
  const context = await browser.newContext({ viewport: { width: 1360, height: 800 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const complaints: string[] = [];
  const strangers: string[] = [];
  context.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  context.on('weberror', (error) => complaints.push(error.error().message));
  const noteStranger = (request: Request): void => {
    const url = new URL(request.url());
    if (url.protocol !== 'data:' && ![origins].flat().includes(url.origin)) strangers.push(url.href);
  };
  context.on('requestfinished', noteStranger);
  // What the policy stops never leaves the browser; any other failure was an attempt to reach the host.
  context.on('requestfailed', (request) => {
    if (request.failure()?.errorText !== 'csp') noteStranger(request);
  });
  return { context, page, complaints, strangers, [Symbol.asyncDispose]: () => context.close() };
}

/** Everything the page's origin keeps in the browser. */
export async function storedEntries(page: Page): Promise<[string, string][]> {
  return page.evaluate<[string, string][]>(
    '[localStorage, sessionStorage].flatMap((storage) => Object.entries(storage))',
  );
}

export async function execute(page: Page): Promise<string> {
  await page.getByLabel('Execute query').click();
  await page
    .locator('.result-window .CodeMirror-line', { hasText: /"(data|errors)"/ })
    .first()
    .waitFor();
  return page.locator('.result-window .CodeMirror-code').innerText();
}

/** Types over the whole of an editor. */
export async function replaceText(page: Page, editor: string, text: string): Promise<void> {
  await page.locator(`${editor} .CodeMirror`).locator('visible=true').click();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.insertText(text);
}

/** GraphiQL stores the text of its tabs about half a second after a change. */
export async function waitUntilStored(page: Page, text: string): Promise<void> {
  const storedTabs = async () => {
    const entries = await storedEntries(page);
    return entries.find(([key]) => key.endsWith(':graphiql:tabState'))?.[1];
  };
  await expect.poll(storedTabs, { timeout: 10_000 }).toContain(text);
}

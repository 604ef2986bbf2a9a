import { mkdir } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import type { Mail } from '../../src/lib/mailer.ts';
import { eventually } from './eventually.ts';
import type { TestGateway, TestTenant } from './gateway.ts';
import { graphql } from './request.ts';
import { type Shown, UserAgent } from './user-agent.ts';

/** Runs a mutation with one input in a tenant, with every scope; it must succeed. */
export async function mutate(
  { port }: TestGateway,
  tenant: TestTenant,
  field: string,
  input: object,
  selection: string,
): Promise<Record<string, unknown>> {
  const type = `${field[0]?.toUpperCase()}${field.slice(1)}Input`;
  const { data, errors } = await graphql({
    port,
    token: await tenant.token(),
    query: `mutation ($input: ${type}!) { ${field}(input: $input) { ${selection} userErrors { code path } } }`,
    variables: { input },
  });
  const payload = data?.[field] as (Record<string, unknown> & { userErrors: unknown[] }) | undefined;
  if (payload?.userErrors.length !== 0) throw new Error(JSON.stringify({ data, errors }));
  return payload;
}

/** The mails of a gateway under test, which sends none: they are in its log. */
export function mailsTo({ logs }: TestGateway, email: string): Mail[] {
  return logs.flatMap(({ mail }) => ((mail as Mail | undefined)?.to === email ? [mail as Mail] : []));
}

/** The link in the last mail to an address. */
export function linkFor(gateway: TestGateway, email: string, issuer: string): string {
  const links = mailsTo(gateway, email).flatMap(
    ({ text }) => /\S+\/oauth\/password\?token=\S+/.exec(text) ?? [],
  );
  const link = links.findLast((each) => each.startsWith(`${issuer}/`));
  if (link === undefined) throw new Error(`no link was sent to ${email}`);
  return link;
}

/**
 * Keeps what a page looks like, for people to look at; wait for what is on the page first.
 *
 * Chromium refuses a picture ("Unable to capture screenshot"), or never answers, when it has no frame to draw: while
 * the page is going elsewhere, or on a machine too busy to draw one in time. The next try gets it, and no test is about
 * pictures.
 */
export async function screenshot(page: Page, name: string): Promise<void> {
  await mkdir('test-output', { recursive: true });
  const take = () => page.screenshot({ path: `test-output/${name}.png`, fullPage: true });
  await eventually(take, 30_000);
}

/** What came of a browser's way through the pages. */
export interface SignedIn {
  /** The page it stopped at, or what the application got. */
  shown: Shown;
  /** Parameters of the answer to the application; empty when there is none. */
  answer: URLSearchParams;
}

/** The heading of a page. */
export function titleOf({ body }: Pick<Shown, 'body'>): string {
  return /<h1>\s*(.*?)\s*<\/h1>/s.exec(body)?.[1] ?? '';
}

/** Goes where an application sends a browser, and through whatever is asked there. */
export async function signInAt(
  agent: UserAgent,
  url: URL,
  { email, password }: { email: string; password: string },
): Promise<SignedIn> {
  let shown = await agent.visit(url);
  if (titleOf(shown) === 'Sign in') shown = await agent.submit(shown.url, { email, password });
  if (/^Let .* in\?$/.test(titleOf(shown))) shown = await agent.submit(shown.url, { decision: 'allow' });
  return { shown, answer: shown.location?.searchParams ?? new URLSearchParams() };
}

/** Follows a link to set a password. */
export function setPasswordAt(gateway: TestGateway, link: string, password: string): Promise<Shown> {
  return new UserAgent(gateway).submit(new URL(link), { password, repeated: password });
}

import { mkdir } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import type { Mail } from '../../src/lib/mailer.ts';
import type { TestGateway, TestTenant } from './gateway.ts';
import { graphql } from './request.ts';

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

/** Keeps what a page looks like, for people to look at. */
export async function screenshot(page: Page, name: string): Promise<void> {
  await mkdir('test-output', { recursive: true });
  await page.screenshot({ path: `test-output/${name}.png`, fullPage: true });
}

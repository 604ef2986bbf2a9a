import type { ErrorOut, KoaContextWithOIDC } from 'oidc-provider';
import { locale } from '../tenancy/locale.ts';
import { optionValue } from '../tenancy/option.ts';
import { primaryColor } from '../tenancy/theme.ts';
import type { Tenant } from '../tenancy/tenant.ts';

/** They ask no host for anything and run no script. Where forms lead is open: browsers hold redirects against it. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'";

export const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': POLICY,
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
};

export function errorPage(tenant: () => Tenant) {
  return (ctx: KoaContextWithOIDC, { error, error_description: description }: ErrorOut): void => {
    show(
      ctx,
      tenant(),
      'This did not work',
      `<p>${escaped(description ?? error)}</p><p><code>${escaped(error)}</code></p>`,
    );
  };
}

export function signOutPage(tenant: () => Tenant) {
  return (ctx: KoaContextWithOIDC, form: string): void => {
    const buttons =
      '<button type="submit" form="op.logoutForm" value="yes" name="logout">Sign out</button>' +
      '<button type="submit" form="op.logoutForm">Stay signed in</button>';
    show(ctx, tenant(), 'Do you want to sign out?', form + buttons);
  };
}

export function signedOutPage(tenant: () => Tenant) {
  return (ctx: KoaContextWithOIDC): void => {
    show(ctx, tenant(), 'You are signed out', '<p>You can close this page.</p>');
  };
}

function show(ctx: KoaContextWithOIDC, tenant: Tenant, title: string, content: string): void {
  ctx.set(PAGE_HEADERS);
  ctx.body = pageHtml(tenant, title, content);
}

/** A page in a tenant's colours. `content` is HTML. */
export function pageHtml(tenant: Tenant, title: string, content: string): string {
  const color = optionValue(primaryColor, [tenant.settings]);
  return `<!doctype html>
<html lang="${escaped(optionValue(locale, [tenant.settings]))}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)} · ${escaped(tenant.name)}</title>
<style>
body { font: 1rem/1.5 system-ui, sans-serif; color: #111; background: #fff; max-width: 28rem; margin: 3rem auto; padding: 0 1rem; border-top: 0.4rem solid ${color} }
button { font: inherit; padding: 0.6rem 1.2rem; margin: 0 0.6rem 0.6rem 0 }
</style>
</head>
<body>
<main>
<p>${escaped(tenant.name)}</p>
<h1>${escaped(title)}</h1>
${content}
</main>
</body>
</html>
`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

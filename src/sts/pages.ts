import type { ErrorOut, KoaContextWithOIDC } from 'oidc-provider';
import { Html, html } from '../lib/html.ts';
import { type PageOwner, type ThemedPage, themedPage } from '../modules/themed-page.ts';
import type { Tenant } from '../tenancy/tenant.ts';

export function errorPage(tenant: () => Tenant) {
  return (ctx: KoaContextWithOIDC, { error, error_description: description }: ErrorOut): void => {
    show(
      ctx,
      tenantPage(tenant(), {
        title: 'This did not work',
        status: ctx.status,
        content: html`<p role="alert">${description ?? error}</p>
          <p><code>${error}</code></p>`,
      }),
    );
  };
}

/** `host`: whose pages somebody sees. */
export function signOutPage(host: (subject: string | undefined) => Promise<PageOwner>) {
  return async (ctx: KoaContextWithOIDC, form: string): Promise<void> => {
    const content = html`${new Html(form)}
      <p>
        <button class="main" type="submit" form="op.logoutForm" value="yes" name="logout">Sign out</button>
        <button type="submit" form="op.logoutForm">Stay signed in</button>
      </p>`;
    const owner = await host(ctx.oidc.session?.accountId);
    show(ctx, themedPage(owner, { title: 'Do you want to sign out?', content }));
  };
}

export function signedOutPage(tenant: () => Tenant) {
  return (ctx: KoaContextWithOIDC): void => {
    show(
      ctx,
      tenantPage(tenant(), {
        title: 'You are signed out',
        content: html`<p role="status">You can close this page.</p>`,
      }),
    );
  };
}

function show(ctx: KoaContextWithOIDC, { status, headers, body }: ThemedPage): void {
  ctx.status = status;
  ctx.set(headers);
  ctx.body = body;
}

export function tenantPage(
  { name, settings }: Tenant,
  page: { title: string; status?: number; content: Html },
): ThemedPage {
  return themedPage({ name, optionLayers: [settings] }, page);
}

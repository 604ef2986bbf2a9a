import { html } from '../lib/html.ts';
import type { People } from '../modules/people.ts';
import type { ThemedPage } from '../modules/themed-page.ts';
import type { Scope } from '../shell/scope.ts';
import type { StsReply, StsRequest } from './hand-over.ts';
import { ownForm } from './own-form.ts';
import { tenantPage } from './pages.ts';

const PATH = '/oauth/password';

/** True for the page that a link in a mail leads to, before anything the provider knows of. */
export function isPasswordPage(target: string): boolean {
  return target.split('?')[0] === PATH;
}

/** Lets somebody who holds a one-time link set a password. */
export async function answerPasswordPage(
  scope: Scope,
  people: People,
  request: StsRequest,
): Promise<StsReply> {
  const issuer = new URL(scope.tenant.issuer);
  const form = ownForm(request, issuer);
  const query = new URL(request.target, issuer).searchParams;
  const { status, headers, body } =
    form === undefined
      ? foreignFormPage(scope)
      : ((await people.passwordPage(scope, form.get('token') ?? query.get('token') ?? '', {
          method: request.method,
          path: '',
          query,
          form,
          address: request.address,
        })) ?? nothingPage(scope));
  return { status, headers, cookies: [], body };
}

function nothingPage({ tenant }: Scope): ThemedPage {
  return tenantPage(tenant, {
    title: 'There is nothing here',
    status: 404,
    content: html`<p role="alert">Nobody signs in with a password here.</p>`,
  });
}

export function foreignFormPage({ tenant }: Scope): ThemedPage {
  return tenantPage(tenant, {
    title: 'This form came from elsewhere',
    status: 403,
    content: html`<p role="alert">Open the page itself and fill it in there.</p>`,
  });
}

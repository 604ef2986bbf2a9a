import type { Grant, InteractionResults, Provider } from 'oidc-provider';
import { html } from '../lib/html.ts';
import type { People } from '../modules/people.ts';
import { resourceStore } from '../modules/resources/store.ts';
import type { SignInAnswer } from '../modules/sign-in.ts';
import type { ThemedPage } from '../modules/themed-page.ts';
import type { Scope } from '../shell/scope.ts';
import type { Listener, StsRequest } from './hand-over.ts';
import { ownForm } from './own-form.ts';
import { tenantPage } from './pages.ts';
import { foreignFormPage } from './password-page.ts';
import { scopeRequests } from './scope-requests.ts';

type Details = Awaited<ReturnType<Provider['interactionDetails']>>;

const BASE = '/oauth/interaction/';

/** True for the pages between an authorization request and its answer. */
export function isInteraction(target: string): boolean {
  return target.startsWith(BASE);
}

/** Leads a browser through signing in and consent, as {@link People} show them. */
export function interactionListener(
  provider: Provider,
  scope: Scope,
  people: People,
  asked: StsRequest,
): Listener {
  const { pathname, searchParams } = new URL(asked.target, 'http://below.invalid');
  const [id = '', ...rest] = pathname.slice(BASE.length).split('/');
  const issuer = new URL(scope.tenant.issuer);
  return async (request, response) => {
    const show = ({ status, headers, body }: ThemedPage) => {
      // One by one: what is given to writeHead is written at once, and nobody could ask for it.
      response.statusCode = status;
      response.setHeaders(new Map(Object.entries(headers)));
      response.end(body);
    };
    // The cookie of the browser that began it says which interaction it is; the path must say the same.
    const details = await provider.interactionDetails(request, response).catch(() => undefined);
    if (details?.uid !== id) {
      show(expiredPage(scope));
      return;
    }
    const form = ownForm(asked, issuer);
    if (form === undefined) {
      show(foreignFormPage(scope));
      return;
    }
    const clientId = String(details.params['client_id']);
    const typedAt = Math.floor(Date.now() / 1_000);
    const answer = await people.visit(
      scope,
      {
        path: `${issuer.pathname}${BASE}${id}`,
        prompt: details.prompt.name === 'login' ? 'login' : 'consent',
        parameters: details.params,
        clientId,
        clientName: (await provider.Client.find(clientId))?.clientName ?? clientId,
        subject: details.session?.accountId,
        requests: await scopeRequests(missingScopes(details), scope.tenant, resourceStore(scope)),
      },
      {
        method: asked.method,
        path: rest.length === 0 ? '' : `/${rest.join('/')}`,
        query: searchParams,
        form,
        address: asked.address,
      },
    );
    if (answer.kind === 'page') {
      show(answer.page);
      return;
    }
    const result = await resultOf(provider, details, answer, typedAt);
    await provider.interactionFinished(request, response, result, {
      mergeWithLastSubmission: answer.kind === 'consented',
    });
  };
}

function expiredPage({ tenant }: Scope): ThemedPage {
  return tenantPage(tenant, {
    title: 'This page has expired',
    status: 400,
    content: html`<p role="alert">Go back to where you came from and start again.</p>`,
  });
}

/** Scopes that are asked for and not granted yet; by the audience they belong to, '' for those of OpenID Connect. */
function missingScopes({ prompt }: Details): ReadonlyMap<string, readonly string[]> {
  const { missingOIDCScope = [], missingResourceScopes = {} } = prompt.details as {
    missingOIDCScope?: string[];
    missingResourceScopes?: Record<string, string[]>;
  };
  const missing = new Map<string, readonly string[]>(Object.entries(missingResourceScopes));
  if (missingOIDCScope.length > 0) missing.set('', missingOIDCScope);
  return missing;
}

/** `typedAt`: when what is answered was asked, in seconds since the epoch. */
async function resultOf(
  provider: Provider,
  details: Details,
  answer: Exclude<SignInAnswer, { kind: 'page' }>,
  typedAt: number,
): Promise<InteractionResults> {
  switch (answer.kind) {
    case 'signed-in':
      // Else the library dates the sign-in when the browser comes back for it, which may be after another password.
      return { login: { accountId: answer.subject, remember: answer.isRemembered, ts: typedAt } };
    case 'refused':
      return { error: 'access_denied', error_description: answer.description };
    case 'consented':
      return { consent: { grantId: await grantOf(provider, details, new Set(answer.except)) } };
  }
}

/** The grant of this account to this client, with what was missing; what was left out is not asked for again. */
async function grantOf(provider: Provider, details: Details, except: ReadonlySet<string>): Promise<string> {
  const { params, session } = details;
  const grant: Grant =
    (details.grantId === undefined ? undefined : await provider.Grant.find(details.grantId)) ??
    new provider.Grant({ accountId: session?.accountId, clientId: String(params['client_id']) });
  for (const [audience, scopes] of missingScopes(details)) {
    const given = scopes.filter((scope) => !except.has(scope)).join(' ');
    const refused = scopes.filter((scope) => except.has(scope)).join(' ');
    if (audience === '') {
      if (given !== '') grant.addOIDCScope(given);
      if (refused !== '') grant.rejectOIDCScope(refused);
    } else {
      if (given !== '') grant.addResourceScope(audience, given);
      if (refused !== '') grant.rejectResourceScope(audience, refused);
    }
  }
  return grant.save();
}

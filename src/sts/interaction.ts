import type { Grant, InteractionResults, Provider } from 'oidc-provider';
import type { SignIn, SignInAnswer, SignInVisit } from '../modules/sign-in.ts';
import type { Scope } from '../shell/scope.ts';
import type { Listener, StsRequest } from './hand-over.ts';
import { pageHtml, PAGE_HEADERS } from './pages.ts';

type Details = Awaited<ReturnType<Provider['interactionDetails']>>;

const BASE = '/oauth/interaction/';

/** True for the pages between an authorization request and its answer. */
export function isInteraction(target: string): boolean {
  return target.startsWith(BASE);
}

/** Leads a browser through signing in and consent, as {@link SignIn} shows them. */
export function interactionListener(
  provider: Provider,
  scope: Scope,
  signIn: SignIn,
  { method, target, body, address, headers }: StsRequest,
): Listener {
  const { pathname, searchParams } = new URL(target, 'http://below.invalid');
  const [id = '', ...rest] = pathname.slice(BASE.length).split('/');
  return async (request, response) => {
    // The cookie of the browser that began it says which interaction it is; the path must say the same.
    const details = await provider.interactionDetails(request, response).catch(() => undefined);
    if (details?.uid !== id) {
      response.writeHead(400, PAGE_HEADERS);
      response.end(
        pageHtml(
          scope.tenant,
          'This page has expired',
          '<p>Go back to where you came from and start again.</p>',
        ),
      );
      return;
    }
    const answer = await signIn.visit(scope, visitOf(details), {
      method,
      path: rest.length === 0 ? '' : `/${rest.join('/')}`,
      query: searchParams,
      form: new URLSearchParams(method === 'POST' ? (body?.toString() ?? '') : ''),
      address,
      headers,
    });
    if (answer.kind === 'page') {
      response.writeHead(answer.status, answer.headers);
      response.end(answer.body);
      return;
    }
    const result = await resultOf(provider, details, answer);
    await provider.interactionFinished(request, response, result, {
      mergeWithLastSubmission: answer.kind === 'consented',
    });
  };
}

function visitOf({ uid, prompt, params, session }: Details): SignInVisit {
  const { missingOIDCScope = [], missingResourceScopes = {} } = prompt.details as {
    missingOIDCScope?: string[];
    missingResourceScopes?: Record<string, string[]>;
  };
  const missing = new Map<string, readonly string[]>(Object.entries(missingResourceScopes));
  if (missingOIDCScope.length > 0) missing.set('', missingOIDCScope);
  return {
    id: uid,
    prompt: prompt.name === 'login' ? 'login' : 'consent',
    parameters: params,
    clientId: String(params['client_id']),
    subject: session?.accountId,
    missingScopes: missing,
  };
}

async function resultOf(
  provider: Provider,
  details: Details,
  answer: Exclude<SignInAnswer, { kind: 'page' }>,
): Promise<InteractionResults> {
  switch (answer.kind) {
    case 'signed-in':
      return { login: { accountId: answer.subject, remember: answer.isRemembered } };
    case 'refused':
      return { error: 'access_denied', error_description: answer.description };
    case 'consented':
      return { consent: { grantId: await grantOf(provider, details, new Set(answer.except)) } };
  }
}

/** The grant of this account to this client, with what was missing; what was left out is not asked for again. */
async function grantOf(provider: Provider, details: Details, except: ReadonlySet<string>): Promise<string> {
  const visit = visitOf(details);
  const grant: Grant =
    (details.grantId === undefined ? undefined : await provider.Grant.find(details.grantId)) ??
    new provider.Grant({ accountId: visit.subject, clientId: visit.clientId });
  for (const [audience, scopes] of visit.missingScopes) {
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

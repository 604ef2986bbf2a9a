import { optionValue } from '../../tenancy/option.ts';
import type { Scope } from '../../shell/scope.ts';
import type { PageRequest, SignInAnswer, SignInVisit } from '../sign-in.ts';
import { answerConsentPage } from './consent-page.ts';
import { answerLinkPage, forgotPage, type LinkPage, signUpPage } from './link-page.ts';
import { answerLoginPage } from './login-page.ts';
import { userSignUp } from './user-sign-up.ts';

/** Leads somebody through the pages between an application's request and its answer. */
export async function answerVisit(
  scope: Scope,
  visit: SignInVisit,
  request: PageRequest,
): Promise<SignInAnswer> {
  if (visit.prompt === 'consent') return answerConsentPage(scope, visit, request);
  const page = linkPages(scope).find(({ path }) => path === request.path);
  if (page === undefined) return answerLoginPage(scope, visit, request);
  return { kind: 'page', page: await answerLinkPage(scope, page, visit, request) };
}

function linkPages({ optionLayers }: Scope): LinkPage[] {
  return optionValue(userSignUp, optionLayers) ? [forgotPage, signUpPage] : [forgotPage];
}

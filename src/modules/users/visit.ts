import { optionValue } from '../../tenancy/option.ts';
import type { Scope } from '../../shell/scope.ts';
import type { PageRequest, SignInAnswer, SignInVisit } from '../sign-in.ts';
import { answerConsentPage } from './consent-page.ts';
import { answerForgotPage } from './forgot-page.ts';
import { answerLoginPage } from './login-page.ts';
import { answerSignUpPage } from './sign-up-page.ts';
import { userSignUp } from './user-sign-up.ts';

/** Leads somebody through the pages between an application's request and its answer. */
export async function answerVisit(
  scope: Scope,
  visit: SignInVisit,
  request: PageRequest,
): Promise<SignInAnswer> {
  if (visit.prompt === 'consent') return answerConsentPage(scope, visit, request);
  if (request.path === '/forgot')
    return { kind: 'page', page: await answerForgotPage(scope, visit, request) };
  const isOpen = optionValue(userSignUp, scope.optionLayers);
  if (request.path === '/sign-up' && isOpen) {
    return { kind: 'page', page: await answerSignUpPage(scope, visit, request) };
  }
  return answerLoginPage(scope, visit, request);
}

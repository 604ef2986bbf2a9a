import { html } from '../../lib/html.ts';
import type { Scope } from '../../shell/scope.ts';
import type { PageRequest, SignInVisit } from '../sign-in.ts';
import type { ThemedPage } from '../themed-page.ts';
import { requestLink } from './link-request.ts';
import { emailField, emailOf, formPage, type Notice, tooMany } from './page-parts.ts';
import { resetLinkMail } from './password-link.ts';
import { isEmail } from './user-input.ts';

/** Has a link to choose another password sent. */
export async function answerForgotPage(
  scope: Scope,
  visit: SignInVisit,
  { method, form, address }: PageRequest,
): Promise<ThemedPage> {
  if (method !== 'POST') return forgotPage(scope, visit, '');
  const email = emailOf(form);
  if (!isEmail(email)) return forgotPage(scope, visit, email, NO_ADDRESS);
  const waitMs = await requestLink(scope, { email, address }, () => resetLinkMail(scope, email));
  if (waitMs !== undefined) return forgotPage(scope, visit, email, tooMany(waitMs));
  return linkSentPage(scope, visit, email);
}

export const NO_ADDRESS: Notice = { status: 422, text: 'This is not an e-mail address.' };

/** The same for every address. */
export function linkSentPage(scope: Scope, { hostName, path }: SignInVisit, email: string): ThemedPage {
  return formPage(scope, hostName, {
    title: 'Look into your mail',
    content: html`<p role="status">
        If <strong>${email}</strong> can be used here, a link to choose a password is on its way there.
      </p>
      <p>When you have followed it, come back here.</p>
      <p><a href="${path}">Back to sign in</a></p>`,
  });
}

function forgotPage(
  scope: Scope,
  { hostName, path }: SignInVisit,
  email: string,
  notice?: Notice,
): ThemedPage {
  return formPage(scope, hostName, {
    title: 'Forgot your password?',
    notice,
    content: html`<p>We send you a link to choose another one.</p>
      <form method="post" action="${path}/forgot">
        ${emailField(email, 'username')}
        <p><button class="main" type="submit">Send the link</button></p>
      </form>
      <p><a href="${path}">Back to sign in</a></p>`,
  });
}

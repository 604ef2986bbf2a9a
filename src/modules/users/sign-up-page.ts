import { html } from '../../lib/html.ts';
import type { Scope } from '../../shell/scope.ts';
import type { PageRequest, SignInVisit } from '../sign-in.ts';
import type { ThemedPage } from '../themed-page.ts';
import { linkSentPage, NO_ADDRESS } from './forgot-page.ts';
import { requestLink } from './link-request.ts';
import { emailField, emailOf, formPage, type Notice, tooMany } from './page-parts.ts';
import { signUp } from './sign-up.ts';
import { isEmail } from './user-input.ts';

/** Lets people make themselves users, once they have shown that an address is theirs. */
export async function answerSignUpPage(
  scope: Scope,
  visit: SignInVisit,
  { method, form, address }: PageRequest,
): Promise<ThemedPage> {
  if (method !== 'POST') return signUpPage(scope, visit, '');
  const email = emailOf(form);
  if (!isEmail(email)) return signUpPage(scope, visit, email, NO_ADDRESS);
  const waitMs = await requestLink(scope, { email, address }, () => signUp(scope, email));
  if (waitMs !== undefined) return signUpPage(scope, visit, email, tooMany(waitMs));
  return linkSentPage(scope, visit, email);
}

function signUpPage(
  scope: Scope,
  { hostName, path }: SignInVisit,
  email: string,
  notice?: Notice,
): ThemedPage {
  return formPage(scope, hostName, {
    title: 'Create an account',
    notice,
    content: html`<p>We send you a link to choose a password.</p>
      <form method="post" action="${path}/sign-up">
        ${emailField(email, 'email')}
        <p><button class="main" type="submit">Send the link</button></p>
      </form>
      <p><a href="${path}">Back to sign in</a></p>`,
  });
}

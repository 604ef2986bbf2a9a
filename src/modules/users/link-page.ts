import { html } from '../../lib/html.ts';
import type { Mail } from '../../lib/mailer.ts';
import type { Scope } from '../../shell/scope.ts';
import type { PageRequest, SignInVisit } from '../sign-in.ts';
import type { ThemedPage } from '../themed-page.ts';
import { requestLink } from './link-request.ts';
import { emailField, emailOf, formPage, type Notice, tooMany } from './page-parts.ts';
import { resetLinkMail } from './password-link.ts';
import { signUp } from './sign-up.ts';
import { isEmail } from './user-input.ts';

/** A page that asks for an address and has a link to choose a password sent there. */
export interface LinkPage {
  /** Below the page to sign in. */
  path: string;
  title: string;
  lead: string;
  autocomplete: 'username' | 'email';
  /** Makes the link; undefined when there is nobody to send one to. */
  write(scope: Scope, email: string): Promise<Mail | undefined>;
}

export const forgotPage: LinkPage = {
  path: '/forgot',
  title: 'Forgot your password?',
  lead: 'We send you a link to choose another one.',
  autocomplete: 'username',
  write: resetLinkMail,
};

/** Lets people make themselves users, once they have shown that an address is theirs. */
export const signUpPage: LinkPage = {
  path: '/sign-up',
  title: 'Create an account',
  lead: 'We send you a link to choose a password.',
  autocomplete: 'email',
  write: signUp,
};

export async function answerLinkPage(
  scope: Scope,
  page: LinkPage,
  visit: SignInVisit,
  { method, form, address }: PageRequest,
): Promise<ThemedPage> {
  if (method !== 'POST') return askingPage(scope, page, visit, '');
  const email = emailOf(form);
  if (!isEmail(email)) return askingPage(scope, page, visit, email, NO_ADDRESS);
  const waitMs = await requestLink(scope, { email, address }, () => page.write(scope, email));
  if (waitMs !== undefined) return askingPage(scope, page, visit, email, tooMany(waitMs));
  return linkSentPage(scope, visit, email);
}

const NO_ADDRESS: Notice = { status: 422, text: 'This is not an e-mail address.' };

/** The same for every address. */
function linkSentPage(scope: Scope, { hostName, path }: SignInVisit, email: string): ThemedPage {
  return formPage(scope, hostName, {
    title: 'Look into your mail',
    content: html`<p role="status">
        If <strong>${email}</strong> can be used here, a link to choose a password is on its way there.
      </p>
      <p>When you have followed it, come back here.</p>
      <p><a href="${path}">Back to sign in</a></p>`,
  });
}

function askingPage(
  scope: Scope,
  page: LinkPage,
  visit: SignInVisit,
  email: string,
  notice?: Notice,
): ThemedPage {
  return formPage(scope, visit.hostName, {
    title: page.title,
    notice,
    content: html`<p>${page.lead}</p>
      <form method="post" action="${visit.path}${page.path}">
        ${emailField(email, page.autocomplete)}
        <p><button class="main" type="submit">Send the link</button></p>
      </form>
      <p><a href="${visit.path}">Back to sign in</a></p>`,
  });
}

import { html } from '../../lib/html.ts';
import { UserErrors } from '../../lib/user-error.ts';
import type { Scope } from '../../shell/scope.ts';
import { optionValue } from '../../tenancy/option.ts';
import type { PageRequest, PasswordLinkVisit } from '../sign-in.ts';
import type { ThemedPage } from '../themed-page.ts';
import { formPage, type Notice } from './page-parts.ts';
import { isLinkLive, setPassword } from './password-link.ts';
import { passwordMinLength } from './password-policy.ts';

/** Sets the password a one-time link was made for. Looking at the page does not use the link up. */
export async function answerPasswordPage(
  scope: Scope,
  visit: PasswordLinkVisit,
  { method, form }: PageRequest,
): Promise<ThemedPage> {
  if (!(await isLinkLive(scope, visit.token))) return deadLinkPage(scope, visit);
  if (method !== 'POST') return passwordPage(scope, visit);
  const password = form.get('password') ?? '';
  if (password !== form.get('repeated')) {
    return passwordPage(scope, visit, { status: 422, text: 'The two passwords differ.' });
  }
  try {
    const user = await setPassword(scope, visit.token, password);
    return donePage(scope, visit, user.applicationTenant === null && user.scopes.length > 0);
  } catch (error) {
    if (!(error instanceof UserErrors)) throw error;
    const [fault] = error.errors;
    if (fault?.path[0] !== 'password') return deadLinkPage(scope, visit);
    return passwordPage(scope, visit, { status: 422, text: fault.message });
  }
}

function passwordPage(scope: Scope, { token, hostName }: PasswordLinkVisit, notice?: Notice): ThemedPage {
  const minimum = optionValue(passwordMinLength, scope.optionLayers);
  return formPage(scope, hostName, {
    title: 'Choose a password',
    notice,
    // Nothing in the address: what a form is sent to stays in the history of the browser.
    content: html`<form method="post" action="?">
      <input type="hidden" name="token" value="${token}" />
      <p>
        <label for="password">Password</label>
        <input
          id="password"
          name="password"
          type="password"
          required
          minlength="${minimum}"
          maxlength="256"
          autocomplete="new-password"
          aria-describedby="rule"
        />
        <span class="hint" id="rule">At least ${minimum} characters; several words make a good one.</span>
      </p>
      <p>
        <label for="repeated">The same again</label>
        <input
          id="repeated"
          name="repeated"
          type="password"
          required
          maxlength="256"
          autocomplete="new-password"
        />
      </p>
      <p><button class="main" type="submit">Set the password</button></p>
    </form>`,
  });
}

/** Used, expired and made up are one. */
function deadLinkPage(scope: Scope, { hostName }: PasswordLinkVisit): ThemedPage {
  return formPage(scope, hostName, {
    title: 'This link does not work any more',
    notice: { status: 410, text: 'A link works once and for a limited time.' },
    content: html`<p>Go to the application and choose “Forgot your password?” to have another one sent.</p>`,
  });
}

function donePage(scope: Scope, { hostName }: PasswordLinkVisit, isMember: boolean): ThemedPage {
  return formPage(scope, hostName, {
    title: 'Your password is set',
    content: html`<p role="status">You can sign in with it now, where you wanted to.</p>
      ${isMember && html`<p><a href="${scope.tenant.issuer}/graphql">Open GraphiQL of ${scope.tenant.name}</a></p>`}`,
  });
}

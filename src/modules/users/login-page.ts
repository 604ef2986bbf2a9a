import { AttemptLimit } from '../../lib/attempt-limit.ts';
import { html } from '../../lib/html.ts';
import { networkOf } from '../../lib/network-of.ts';
import type { Scope } from '../../shell/scope.ts';
import { optionValue } from '../../tenancy/option.ts';
import type { PageRequest, SignInAnswer, SignInVisit } from '../sign-in.ts';
import type { ThemedPage } from '../themed-page.ts';
import { emailField, emailOf, formPage, type Notice, tooMany } from './page-parts.ts';
import { LOCK_MS, MAX_ATTEMPTS, signIn } from './sign-in.ts';
import { userSignUp } from './user-sign-up.ts';

/** Of one network at one tenant: what an office mistypes, and far less than trying a list of passwords takes. */
const failures = new AttemptLimit({ count: 60, seconds: 900 });

/** One text for every reason. */
const WRONG: Notice = {
  status: 422,
  text:
    'This address and password do not go together. ' +
    `After ${MAX_ATTEMPTS} wrong passwords in a row nobody gets in for ${LOCK_MS / 60_000} minutes.`,
};

/** Asks for address and password. */
export async function answerLoginPage(
  scope: Scope,
  visit: SignInVisit,
  { method, form, address }: PageRequest,
): Promise<SignInAnswer> {
  const hint = visit.parameters['login_hint'];
  if (method !== 'POST') return shown(scope, visit, typeof hint === 'string' ? hint.slice(0, 254) : '');
  if (form.get('decision') === 'cancel') {
    return { kind: 'refused', description: 'The person did not want to sign in.' };
  }
  const email = emailOf(form);
  const from = `${scope.tenant.id} ${networkOf(address)}`;
  const waitMs = await failures.take(from);
  if (waitMs !== undefined) return shown(scope, visit, email, tooMany(waitMs));
  const user = await signIn(scope, { email, password: form.get('password') ?? '' });
  if (user === undefined) return shown(scope, visit, email, WRONG);
  await failures.giveBack(from);
  return { kind: 'signed-in', subject: user._id, isRemembered: form.get('remember') === 'yes' };
}

function shown(scope: Scope, visit: SignInVisit, email: string, notice?: Notice): SignInAnswer {
  return { kind: 'page', page: loginPage(scope, visit, email, notice) };
}

function loginPage(scope: Scope, visit: SignInVisit, email: string, notice: Notice | undefined): ThemedPage {
  const isOpen = optionValue(userSignUp, scope.optionLayers);
  return formPage(scope, visit.hostName, {
    title: 'Sign in',
    notice,
    content: html`<p>to continue to <strong>${visit.clientName}</strong></p>
      <form method="post" action="${visit.path}">
        ${emailField(email, 'username')}
        <p>
          <label for="password">Password</label>
          <input
            id="password"
            name="password"
            type="password"
            required
            maxlength="256"
            autocomplete="current-password"
            ${notice && html` aria-describedby="notice"`}
          />
        </p>
        <p>
          <label class="choice"
            ><input type="checkbox" name="remember" value="yes" /> Keep me signed in on this device</label
          >
        </p>
        <p>
          <button class="main" type="submit">Sign in</button>
          <button type="submit" name="decision" value="cancel" formnovalidate>Cancel</button>
        </p>
      </form>
      <p><a href="${visit.path}/forgot">Forgot your password?</a></p>
      ${isOpen && html`<p><a href="${visit.path}/sign-up">Create an account</a></p>`}`,
  });
}

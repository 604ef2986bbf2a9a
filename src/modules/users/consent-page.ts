import { html } from '../../lib/html.ts';
import type { Scope } from '../../shell/scope.ts';
import type { PageRequest, ScopeRequest, SignInAnswer, SignInVisit } from '../sign-in.ts';
import { formPage } from './page-parts.ts';
import { userStore } from './store.ts';

/** Asks whether an application may have what it asks for. */
export async function answerConsentPage(
  scope: Scope,
  visit: SignInVisit,
  { method, form }: PageRequest,
): Promise<SignInAnswer> {
  const decision = method === 'POST' ? form.get('decision') : null;
  if (decision === 'allow') return { kind: 'consented' };
  if (decision === 'deny') return { kind: 'refused', description: 'The person did not agree.' };
  const user = visit.subject === undefined ? null : await userStore(scope).byId(visit.subject);
  const page = formPage(scope, visit.hostName, {
    title: `Let ${visit.clientName} in?`,
    content: html`<p>
        You are signed in${user !== null && html` as <strong>${user.email}</strong>`}.
        <strong>${visit.clientName}</strong> asks to:
      </p>
      <form method="post" action="${visit.path}">
        ${visit.requests.map(scopeList)}
        <p class="hint">It can do no more than you can yourself.</p>
        <p>
          <button class="main" type="submit" name="decision" value="allow">Allow</button>
          <button type="submit" name="decision" value="deny">Do not allow</button>
        </p>
      </form>`,
  });
  return { kind: 'page', page };
}

function scopeList({ api, scopes }: ScopeRequest) {
  return html`<fieldset>
    <legend>${api ?? 'About you'}</legend>
    <ul>
      ${scopes.map(({ description }) => html`<li>${description}</li>`)}
    </ul>
  </fieldset> `;
}

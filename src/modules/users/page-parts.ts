import { type Html, html } from '../../lib/html.ts';
import type { Scope } from '../../shell/scope.ts';
import { type ThemedPage, themedPage } from '../themed-page.ts';

/** What a person is told above a form. */
export interface Notice {
  status: number;
  text: string;
  retryAfterMs?: number;
}

/** A page with a form, and above it what was wrong with what was sent before. */
export function formPage(
  { optionLayers }: Scope,
  hostName: string,
  { title, notice, content }: { title: string; notice?: Notice | undefined; content: Html },
): ThemedPage {
  const page = themedPage(
    { name: hostName, optionLayers },
    {
      title,
      status: notice?.status ?? 200,
      content: html`${notice && html`<p role="alert" id="notice">${notice.text}</p>`}${content}`,
    },
  );
  if (notice?.retryAfterMs !== undefined) {
    page.headers['retry-after'] = String(Math.ceil(notice.retryAfterMs / 1_000));
  }
  return page;
}

export function emailField(value: string, autocomplete: 'username' | 'email'): Html {
  return html`<p>
    <label for="email">E-mail address</label>
    <input
      id="email"
      name="email"
      type="email"
      value="${value}"
      required
      maxlength="254"
      autocomplete="${autocomplete}"
      autocapitalize="none"
      spellcheck="false"
    />
  </p>`;
}

/** The address of a form as people type it. */
export function emailOf(form: URLSearchParams): string {
  return (form.get('email') ?? '').trim().slice(0, 255);
}

export function tooMany(retryAfterMs: number): Notice {
  const minutes = Math.ceil(retryAfterMs / 60_000);
  return { status: 429, text: `There were too many attempts. Try again in ${minutes} min.`, retryAfterMs };
}

import { expect, it } from 'vitest';
import { html } from '../../src/lib/html.ts';

it('takes what is put into it for text, and markup for markup', () => {
  const inner = html`<b>${'<i>'}</b>`;
  expect(html`<p title="${`"'>`}">${inner}${[html`<u>u</u>`, 'a&b']}${1}${undefined}${false}</p>`.markup).toBe(
    '<p title="&quot;&#39;&gt;"><b>&lt;i&gt;</b><u>u</u>a&amp;b1</p>',
  );
});

import type { ErrorCode } from '../lib/error-codes.ts';
import { html } from '../lib/html.ts';
import { themedPage } from '../modules/themed-page.ts';
import type { Reply } from './exchange.ts';

/** Nobody's: whose address it is, is what an error must not tell. */
const OWNER = { name: 'Tenant Gateway', optionLayers: [] };

/** An error that ended a request, for people: they opened an address in a browser. */
export function errorPage(
  { status, headers }: Omit<Reply, 'body'>,
  { code, message, requestId }: { code: ErrorCode; message: string; requestId: string },
): Reply {
  const page = themedPage(OWNER, {
    title: 'This did not work',
    status,
    content: html`<p role="alert">${message}</p>
      <p class="hint">${code}, request ${requestId}</p>`,
  });
  return { ...page, headers: { ...headers, ...page.headers } };
}

import type { IncomingMessage } from 'node:http';

/** True for somebody who opens an address in a browser. */
export function wantsPage({ method, headers }: Pick<IncomingMessage, 'method' | 'headers'>): boolean {
  return method === 'GET' && (headers.accept ?? '').includes('text/html');
}

import type { Client } from './client.ts';

export const MAX_REDIRECT_URIS = 20;
export const MAX_REDIRECT_URI_LENGTH = 2_000;

/** The characters of RFC 3986 but `#`: a fragment would swallow what the STS appends. */
const PLAIN_URI = /^[A-Za-z][A-Za-z0-9+.-]*:[A-Za-z0-9._~:/?[\]@!$&'()*+,;=%-]+$/;

/** RFC 8252, section 7.3. */
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Why codes must not be sent to an address, or undefined when they may: https, http on the own machine, and for
 * public clients a scheme of the application itself, which RFC 8252 (section 7.1) wants to be a domain in reverse.
 */
export function redirectUriFault(uri: string, kind: Client['kind']): string | undefined {
  if (!PLAIN_URI.test(uri) || !URL.canParse(uri)) return 'must be an absolute URI without fragment';
  const { protocol, hostname, username, password } = new URL(uri);
  if (username !== '' || password !== '') return 'must not contain credentials';
  if (/^https?:/i.test(uri)) {
    if (!/^https?:\/\/[^/]/i.test(uri)) return 'must be an absolute URI without fragment';
    if (hostname.includes('*')) return 'must not contain wildcards';
    return protocol === 'https:' || LOOPBACK.has(hostname)
      ? undefined
      : 'must be https unless it is loopback';
  }
  if (kind === 'PUBLIC')
    return protocol.includes('.') ? undefined : 'must have a scheme like com.example.app';
  return 'must be https or loopback';
}

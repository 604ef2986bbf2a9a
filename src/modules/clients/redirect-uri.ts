import type { ClientType } from './client-type.ts';

export const MAX_REDIRECT_URIS = 20;
export const MAX_REDIRECT_URI_LENGTH = 2_000;

/** The characters of RFC 3986 but `#`: a fragment would swallow what the STS appends. */
const PLAIN_URI = /^[A-Za-z][A-Za-z0-9+.-]*:[A-Za-z0-9._~:/?[\]@!$&'()*+,;=%-]+$/;

/** RFC 8252, section 7.3. */
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Why codes must not be sent to an address, or undefined when they may: https, http on the own machine, and for
 * installed applications a scheme of their own, which RFC 8252 (section 7.1) wants to be a domain in reverse.
 */
export function redirectUriFault(uri: string, type: ClientType): string | undefined {
  if (type === 'MACHINE') return 'is nothing a client without users has';
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
  if (type === 'NATIVE')
    return protocol.includes('.') ? undefined : 'must have a scheme like com.example.app';
  return 'must be https or loopback';
}

/** What is allowed and often a mistake; undefined when nothing is to be said. */
export function redirectUriWarning(uri: string, type: ClientType): string | undefined {
  const { protocol, hostname, pathname, search } = new URL(uri);
  if (type === 'NATIVE') {
    if (!/^https?:$/.test(protocol))
      return 'Another app can claim this scheme too; a claimed https address is safer.';
    if (hostname === 'localhost')
      return 'Use 127.0.0.1: localhost may be led elsewhere (RFC 8252 section 8.3).';
    return undefined;
  }
  if (LOOPBACK.has(hostname)) return 'This is the own machine; take it out before others use this client.';
  if (search !== '') return 'It must be sent exactly like this, query included.';
  if (pathname === '/') return 'Every page at this origin receives codes; a path of its own is safer.';
  return undefined;
}

import { z } from 'zod';
import type { Platform } from '../../shell/scope.ts';

/** The characters of RFC 3986, after a scheme. A fragment is not allowed (RFC 8707). */
const ABSOLUTE_URI = /^[A-Za-z][A-Za-z0-9+.-]*:[A-Za-z0-9._~:/?[\]@!$&'()*+,;=%-]+$/;

/** The form of an audience: an absolute URI like `https://api.example.com` or `urn:example:orders`. */
export const audience = z
  .string()
  .max(500, { error: 'must have at most 500 characters' })
  .refine(isAbsoluteUri, { error: 'must be an absolute URI without fragment, like https://api.example.com' });

/** True for addresses of the gateway itself: a token for one of them would be a token for the gateway. */
export function isReservedAudience(text: string, platform: Platform): boolean {
  const host = hostOf(text);
  if (host === '') return false;
  const domain = platform.baseDomain.toLowerCase();
  return host === hostOf(platform.publicUrl) || host === domain || host.endsWith(`.${domain}`);
}

function isAbsoluteUri(text: string): boolean {
  if (!ABSOLUTE_URI.test(text) || !URL.canParse(text)) return false;
  const { username, password } = new URL(text);
  // The parser takes `https:host` for `https://host`; two spellings of one address are one too many.
  return username === '' && password === '' && (!/^https?:/i.test(text) || /^https?:\/\/[^/]/i.test(text));
}

/** In lower case and without trailing dot, whatever the scheme; '' where there is none. */
function hostOf(uri: string): string {
  return new URL(uri).hostname.toLowerCase().replace(/\.+$/, '');
}

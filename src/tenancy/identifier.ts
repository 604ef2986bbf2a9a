import { isUuid } from '../lib/uuid.ts';
import type { TenantIdentifier } from './tenant.ts';

/** Names that would be mistaken for a route, a service or the platform itself. */
const RESERVED = new Set([
  'admin', 'api', 'app', 'apps', 'assets', 'auth', 'autoconfig', 'autodiscover', 'billing', 'blog', 'cdn', 'console',
  'dashboard', 'demo', 'dev', 'docs', 'ftp', 'gateway', 'graphql', 'healthz', 'help', 'imap', 'internal', 'localhost',
  'login', 'mail', 'metrics', 'mta-sts', 'ns1', 'ns2', 'oauth', 'operator', 'platform', 'pop', 'public', 'readyz',
  'register', 'root', 'security', 'signup', 'smtp', 'sso', 'static', 'status', 'sts', 'support', 'system', 'tenant',
  'tenants', 'test', 'webmail', 'well-known', 'wpad', 'www',
]); // prettier-ignore

export type IdentifierFault = 'IDENTIFIER_INVALID' | 'IDENTIFIER_RESERVED';

/** What a person is told who wants such an identifier. */
export const IDENTIFIER_RULES: Readonly<Record<IdentifierFault, string>> = {
  IDENTIFIER_INVALID:
    'An identifier is 3 to 48 of a-z, 0-9 and single hyphens, begins with a letter and ends with no hyphen; it is no UUID.',
  IDENTIFIER_RESERVED: 'This identifier is reserved.',
};

/** True when the text has the form of an identifier. Other case or script is refused, never folded. */
export function isIdentifier(text: string): text is TenantIdentifier {
  return /^[a-z](?:[a-z0-9-]{1,46}[a-z0-9])$/.test(text) && !text.includes('--') && !isUuid(text);
}

/**
 * Why an identifier cannot be registered, or undefined when its form allows it.
 *
 * @param publicHost - host of `PUBLIC_URL`; its first label is reserved too.
 */
export function identifierFault(text: string, publicHost: string): IdentifierFault | undefined {
  if (RESERVED.has(text) || text === 't' || text === publicHost.split('.')[0]) return 'IDENTIFIER_RESERVED';
  return isIdentifier(text) ? undefined : 'IDENTIFIER_INVALID';
}

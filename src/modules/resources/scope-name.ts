import { z } from 'zod';
import { isTenantScope, PLATFORM_SCOPES } from '../../auth/scopes.ts';

/** Scopes with a meaning of their own in OpenID Connect. */
const OPENID_SCOPES = new Set(['openid', 'profile', 'email', 'address', 'phone', 'offline_access']);

/** `scope-token` of RFC 6749, section 3.3. */
const SCOPE_TOKEN = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

/** The name of a scope of an API resource; the gateway's own names mean what they mean everywhere. */
export const scopeName = z
  .string()
  .min(1, { error: 'must not be empty' })
  .max(100, { error: 'must have at most 100 characters' })
  .refine((name) => name === '' || SCOPE_TOKEN.test(name), {
    error: 'must be printable ASCII without spaces, quotation marks and backslashes',
  })
  .refine((name) => !isGatewayScope(name), { error: 'is a scope of the gateway itself' });

function isGatewayScope(name: string): boolean {
  return isTenantScope(name) || Object.hasOwn(PLATFORM_SCOPES, name) || OPENID_SCOPES.has(name);
}

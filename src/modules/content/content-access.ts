import { scopesOf } from '../../auth/principal.ts';
import { missingScope } from '../../graphql/rules.ts';
import type { Scope } from '../../shell/scope.ts';
import { optionValue } from '../../tenancy/option.ts';
import { publicContent } from './public-content.ts';

/** Which items a caller may read. */
export type ContentAccess = 'ALL' | 'PUBLISHED';

/**
 * What this caller may read: writers see drafts, readers what is published, and everybody what is published where the
 * tenant's option `publicContent` is on.
 *
 * @throws {CodedError} UNAUTHENTICATED or FORBIDDEN when it may read nothing.
 */
export function contentAccess(scope: Scope): ContentAccess {
  const scopes = scopesOf(scope.principal);
  if (scopes.has('content:write')) return 'ALL';
  if (scopes.has('content:read') || optionValue(publicContent, scope.optionLayers)) return 'PUBLISHED';
  throw missingScope({ scope }, 'content:read');
}

/**
 * Types are for members: a declaration may name what is not published yet.
 *
 * @throws {CodedError} UNAUTHENTICATED or FORBIDDEN.
 */
export function requireTypeAccess(scope: Scope): void {
  const scopes = scopesOf(scope.principal);
  if (!scopes.has('content:write') && !scopes.has('content:read'))
    throw missingScope({ scope }, 'content:read');
}

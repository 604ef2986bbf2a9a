import { candidateOf, UNKNOWN, type Candidate } from '../candidate.ts';
import type { TenantDirectory } from '../directory.ts';
import { isIdentifier } from '../identifier.ts';

/**
 * The tenant a URL prefix names.
 *
 * @example `/t/acme/graphql` → segment `acme` → the tenant `acme`
 */
export function pathPrefixSource(directory: TenantDirectory) {
  return async (segment: string): Promise<Candidate> =>
    isIdentifier(segment) ? candidateOf(await directory.byIdentifier(segment)) : UNKNOWN;
}

import { candidateOf, UNKNOWN, type Candidate } from '../candidate.ts';
import type { TenantDirectory } from '../directory.ts';
import { isIdentifier } from '../identifier.ts';

/**
 * The tenant a URL prefix names.
 *
 * @example `/t/acme/graphql` → segment `acme` → the tenant `acme`
 */
export function pathPrefixSource(directory: TenantDirectory) {
  return (segment: string): Candidate | Promise<Candidate> => {
    if (!isIdentifier(segment)) return UNKNOWN;
    const known = directory.known(segment);
    return known === undefined ? directory.byIdentifier(segment).then(candidateOf) : candidateOf(known);
  };
}

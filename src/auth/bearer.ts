import { invalidToken } from './unauthenticated.ts';

/** Longest token that is looked at, in characters; more is an attack on the verifier. */
const MAX_LENGTH = 8_192;

/**
 * Takes the token out of an Authorization header (RFC 6750).
 *
 * @returns undefined when there is no such header.
 * @throws {CodedError} UNAUTHENTICATED for another scheme or a malformed credential: present and not valid is never
 * anonymous.
 */
export function bearerToken(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const [, token] = /^Bearer +([^\s,]+) *$/i.exec(header) ?? [];
  if (token === undefined || token.length > MAX_LENGTH) throw invalidToken('malformed Authorization header');
  return token;
}

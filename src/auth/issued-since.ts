/** `iat` is in whole seconds, so a token may look up to this much older than it is, in milliseconds. */
const IAT_PRECISION_MS = 1_000;

/** Whether a token was issued at this moment or later. */
export function isIssuedSince({ issuedAtMs }: { issuedAtMs: number }, since: Date): boolean {
  return issuedAtMs + IAT_PRECISION_MS > since.getTime();
}

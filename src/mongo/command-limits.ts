/** Longest a command of the control plane may take that belongs to no request, in milliseconds. */
export const COMMAND_TIMEOUT_MS = 10_000;

/** Longest the making of collections and indexes or the dropping of a database may take, in milliseconds. */
export const CATALOGUE_TIMEOUT_MS = 60_000;

/** A signal for a command that changes the catalogue. */
export function catalogueSignal(): { signal: AbortSignal } {
  return { signal: AbortSignal.timeout(CATALOGUE_TIMEOUT_MS) };
}

import { sha256 } from '../lib/sha256.ts';

/**
 * Names what is issued to an account from a moment on: its tokens carry it, and count no more once the account has
 * another. Dates would have to be compared across nodes, in whole seconds, and with what was read before a change and
 * issued after it. It tells nothing of the moment itself.
 */
export function generationOf(since: Date): string {
  return sha256(`generation ${since.getTime()}`).slice(0, 11);
}

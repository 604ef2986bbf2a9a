import { Resolver } from 'node:dns/promises';

/** How long a name server may take, how often it is asked, and how long all of it may take, in milliseconds. */
const ANSWER_MS = 1_000;
const TRIES = 2;
const LOOKUP_MS = 3_000;

/** What DNS says about the TXT records of a name. */
export type TxtAnswer = { kind: 'records'; values: string[] } | { kind: 'none' } | { kind: 'no answer' };

export type TxtLookup = (name: string) => Promise<TxtAnswer>;

/**
 * Looks TXT records up.
 *
 * @param servers - `address` or `address:port`; those of the system when there are none.
 */
export function txtLookup(servers: readonly string[]): TxtLookup {
  return async (name) => {
    // One each: cancelling ends every lookup of a resolver.
    const resolver = new Resolver({ timeout: ANSWER_MS, tries: TRIES });
    if (servers.length > 0) resolver.setServers(servers);
    const limit = AbortSignal.timeout(LOOKUP_MS);
    limit.addEventListener('abort', () => resolver.cancel(), { once: true });
    try {
      // A value longer than 255 bytes comes in pieces.
      return { kind: 'records', values: (await resolver.resolveTxt(name)).map((pieces) => pieces.join('')) };
    } catch (error) {
      const { code } = error as { code?: string };
      return code === 'ENODATA' || code === 'ENOTFOUND' ? { kind: 'none' } : { kind: 'no answer' };
    }
  };
}

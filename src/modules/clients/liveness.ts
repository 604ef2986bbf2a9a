import { CLI_CLIENT_ID } from '../../auth/access-token.ts';
import type { Scope } from '../../shell/scope.ts';
import type { ChangeWatch } from '../../mongo/cluster-feed.ts';
import { perShell, type Shell } from '../../shell/shell.ts';
import { clientStore, watchClients } from './store.ts';

/** How long a caller is known to live: while deletions are told as they happen, and while they are not, in ms. */
const FED_AGE_MS = 60_000;
const UNFED_AGE_MS = 900;

/** Callers remembered per tenant; small, because every warm tenant pays for it. One more read is all a miss costs. */
const MAX_CALLERS = 64;

interface Remembered {
  /** When the client was made, in milliseconds since the epoch; Infinity when there is none. */
  madeAtMs: number;
  readAtMs: number;
  /** The run of the feed it was read in. */
  run: number | undefined;
}

/** A bare map, oldest first: an LRU of this size takes 4.5 KiB of each warm tenant before anything is in it. */
class Callers {
  readonly #known = new Map<string, Remembered>();
  readonly #watch: ChangeWatch;
  /** Grows with each deletion: what was read before one is not remembered after it. */
  #deletions = 0;

  constructor(shell: Shell) {
    this.#watch = watchClients(shell, (id) => {
      this.#deletions += 1;
      this.#known.delete(id);
    });
  }

  recall(clientId: string): number | undefined {
    const remembered = this.#known.get(clientId);
    if (remembered === undefined) return undefined;
    // Nobody tells of clients that are made: one that was not there may be by now.
    const isTold = remembered.madeAtMs !== Infinity && remembered.run !== undefined;
    const isFed = isTold && remembered.run === this.#watch.run();
    const ageMs = Date.now() - remembered.readAtMs;
    return ageMs < (isFed ? FED_AGE_MS : UNFED_AGE_MS) ? remembered.madeAtMs : undefined;
  }

  /** Reads and remembers, unless somebody was deleted during the read. */
  async learn(clientId: string, read: () => Promise<number>): Promise<number> {
    const deletions = this.#deletions;
    const run = this.#watch.run();
    const readAtMs = Date.now();
    const madeAtMs = await read();
    if (deletions !== this.#deletions) return this.recall(clientId) ?? madeAtMs;
    this.#remember(clientId, { madeAtMs, readAtMs, run });
    return madeAtMs;
  }

  noteDeletion(clientId: string): void {
    this.#deletions += 1;
    this.#remember(clientId, { madeAtMs: Infinity, readAtMs: Date.now(), run: this.#watch.run() });
  }

  forget(clientId: string): void {
    this.#known.delete(clientId);
  }

  #remember(clientId: string, remembered: Remembered): void {
    this.#known.delete(clientId);
    this.#known.set(clientId, remembered);
    const [oldest] = this.#known.keys();
    if (this.#known.size > MAX_CALLERS && oldest !== undefined) this.#known.delete(oldest);
  }
}

const callersOf = perShell((shell) => new Callers(shell));

/** `iat` is in whole seconds, so a token may look up to this much older than its client, in milliseconds. */
const IAT_PRECISION_MS = 1_000;

/**
 * False when the client behind the caller's token was deleted; on another node, at most a second ago. A token that is
 * older than its client was issued to an earlier one of the same id, which an idempotency key can make anew.
 */
export async function isCallerLive(scope: Scope): Promise<boolean> {
  const { principal } = scope;
  if (
    principal.kind === 'anonymous' ||
    principal.issuer !== undefined ||
    principal.clientId === CLI_CLIENT_ID
  )
    return true;
  const { clientId, issuedAtMs } = principal;
  const callers = callersOf(scope.shell);
  const known = callers.recall(clientId);
  if (known !== undefined) return isLiveSince(known, issuedAtMs);
  const read = async () => (await clientStore(scope).byId(clientId))?.createdAt.getTime() ?? Infinity;
  return isLiveSince(await callers.learn(clientId, read), issuedAtMs);
}

function isLiveSince(madeAtMs: number, issuedAtMs: number): boolean {
  return issuedAtMs + IAT_PRECISION_MS > madeAtMs;
}

export function noteDeletion({ shell }: Scope, clientId: string): void {
  callersOf(shell).noteDeletion(clientId);
}

export function forgetLiveness({ shell }: Scope, clientId: string): void {
  callersOf(shell).forget(clientId);
}

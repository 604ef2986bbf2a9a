import type { BoundModel } from '../mongo/bound-model.ts';
import { sha256 } from '../lib/sha256.ts';
import type { Scope } from '../shell/scope.ts';
import { perShell } from '../shell/shell.ts';
import { type Artifact, artifactModel } from './artifact.ts';

/** How long what is known of revocations counts, in milliseconds: a revocation counts within a second on every node. */
const MAX_AGE_MS = 800;

/** How far before the last look the next one starts, in milliseconds: clocks of nodes differ, and writes take time. */
const OVERLAP_MS = 30_000;

/** How long a revoked grant is remembered, in milliseconds: no access token lives longer. */
const GRANT_MS = 86_400_000;

const KIND = 'Revocation';

/** Sorts by time within the index of families; `!` comes after every digit and letter of a timestamp's prefix. */
const family = (at: Date): string => `revoked ${at.toISOString()}`;
const LAST_FAMILY = 'revoked ~';

/**
 * The access tokens of a tenant that were revoked before their time, alone or with their grant. Tokens are signed and
 * stored nowhere, so the exceptions are listed: in the tenant's database until the tokens expire, and in memory on
 * each node that serves the tenant, which looks for new ones at most once a second.
 */
export class Revocations {
  readonly #known = new Map<string, number>();
  #lookedAtMs = 0;
  #looking: Promise<void> | undefined;

  async add(artifacts: BoundModel<Artifact>, subject: RevocationSubject, until: Date): Promise<void> {
    const key = keyOf(subject);
    await artifacts.replace({
      _id: sha256(`${KIND} ${key}`),
      kind: KIND,
      payload: key,
      families: [family(new Date())],
      consumedAt: null,
      expiresAt: until,
    });
    this.#known.set(key, until.getTime());
  }

  /** Revokes what was issued and will be issued by a grant. */
  addGrant(artifacts: BoundModel<Artifact>, grant: string): Promise<void> {
    return this.add(artifacts, { grant: grantDigest(grant) }, new Date(Date.now() + GRANT_MS));
  }

  async has(artifacts: BoundModel<Artifact>, subjects: readonly RevocationSubject[]): Promise<boolean> {
    if (Date.now() - this.#lookedAtMs >= MAX_AGE_MS) {
      this.#looking ??= this.#look(artifacts).finally(() => (this.#looking = undefined));
      await this.#looking;
    }
    return subjects.some((subject) => this.#known.has(keyOf(subject)));
  }

  async #look(artifacts: BoundModel<Artifact>): Promise<void> {
    const startedAtMs = Date.now();
    const since = this.#lookedAtMs === 0 ? 'revoked ' : family(new Date(this.#lookedAtMs - OVERLAP_MS));
    // One element must lie between both: a list is matched by any two of its own otherwise.
    const found = await artifacts.find({ families: { $elemMatch: { $gte: since, $lt: LAST_FAMILY } } });
    for (const { payload, expiresAt } of found) this.#known.set(payload, expiresAt?.getTime() ?? Infinity);
    for (const [key, untilMs] of this.#known) if (untilMs < startedAtMs) this.#known.delete(key);
    this.#lookedAtMs = startedAtMs;
  }
}

/** What is revoked: one token, or every token of a grant. */
export type RevocationSubject = { token: string } | { grant: string };

function keyOf(subject: RevocationSubject): string {
  return 'token' in subject ? `token ${subject.token}` : `grant ${subject.grant}`;
}

/** How a token names its grant: the id itself opens doors at the provider. */
export function grantDigest(grant: string): string {
  return sha256(`grant ${grant}`).slice(0, 22);
}

export const revocationsOf = perShell(() => new Revocations());

/** False when the caller's token, or the grant it came from, was revoked; on another node at most a second ago. */
export async function isTokenLive(scope: Scope): Promise<boolean> {
  const { principal } = scope;
  if (principal.kind === 'anonymous') return true;
  const { tokenId, grantId } = principal;
  const subjects = [
    ...(tokenId === undefined ? [] : [{ token: tokenId }]),
    ...(grantId === undefined ? [] : [{ grant: grantId }]),
  ];
  return !(await revocationsOf(scope.shell).has(scope.model(artifactModel), subjects));
}

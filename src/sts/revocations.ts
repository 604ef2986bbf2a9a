import { sha256 } from '../lib/sha256.ts';
import type { BoundModel } from '../mongo/bound-model.ts';
import type { Change, ChangeWatch, Watched } from '../mongo/cluster-feed.ts';
import type { Scope } from '../shell/scope.ts';
import { perShell, type Shell } from '../shell/shell.ts';
import { type Artifact, artifactModel } from './artifact.ts';

/** How long what is known of revocations counts, in milliseconds: a revocation counts within a second on every node. */
const MAX_AGE_MS = 800;

/** How far before the last look the next one starts, in milliseconds: clocks of nodes may be this far apart. */
const OVERLAP_MS = 600_000;

/** How often what has expired is forgotten, in milliseconds. */
const SWEEP_MS = 60_000;

/** How long a revoked grant is remembered, in milliseconds: no access token lives longer. */
const GRANT_MS = 86_400_000;

const KIND = 'Revocation';

/** Sorts by time within the index of families; `~` comes after every character of a timestamp. */
const family = (at: Date): string => `revoked ${at.toISOString()}`;
const LAST_FAMILY = 'revoked ~';

/**
 * Begins the id of what is deleted as soon as it is written: the feed of deletions is how nodes tell each other, and
 * an id is all it tells. The rest of it says what is revoked and until when.
 */
const BELL = /^revoked (\d+) (.+)$/;

/**
 * The access tokens of a tenant that were revoked before their time, alone or with their grant. Tokens are signed and
 * stored nowhere, so the exceptions are listed: in the tenant's database until the tokens expire, and in memory on
 * each node that serves the tenant. A node is told of new ones, and looks for them each second while nobody tells it.
 */
export class Revocations {
  readonly #known = new Map<string, number>();
  readonly #watch: ChangeWatch;
  #lookedAtMs = 0;
  #sweptAtMs = 0;
  /** The run of the feed in which it was looked last. */
  #run: number | undefined;
  #looking: Promise<void> | undefined;

  constructor(shell: Pick<Shell, 'watch'>) {
    const onChange = ({ id }: Change): void => {
      const [, until, key] = BELL.exec(id) ?? [];
      if (key !== undefined) this.#remember(key, Number(until));
    };
    this.#watch = shell.watch(watchedRevocations, { onChange });
  }

  async add(artifacts: BoundModel<Artifact>, subject: RevocationSubject, until: Date): Promise<void> {
    const key = keyOf(subject);
    const common = { kind: KIND, consumedAt: null, expiresAt: until };
    await artifacts.replace({
      ...common,
      _id: sha256(`${KIND} ${key}`),
      payload: key,
      families: [family(new Date())],
    });
    this.#remember(key, until.getTime());
    const bell = `revoked ${until.getTime()} ${key}`;
    await artifacts.replace({ ...common, _id: bell, payload: key, families: [] });
    await artifacts.findOneAndDelete({ _id: bell });
  }

  /** Revokes what was issued and will be issued by a grant. */
  addGrant(artifacts: BoundModel<Artifact>, grant: string): Promise<void> {
    return this.add(artifacts, { grant: grantDigest(grant) }, new Date(Date.now() + GRANT_MS));
  }

  async has(artifacts: BoundModel<Artifact>, subjects: readonly RevocationSubject[]): Promise<boolean> {
    const isTold = this.#run !== undefined && this.#run === this.#watch.run();
    if (!isTold && Date.now() - this.#lookedAtMs >= MAX_AGE_MS) {
      this.#looking ??= this.#look(artifacts).finally(() => (this.#looking = undefined));
      await this.#looking;
    }
    return subjects.some((subject) => this.#known.has(keyOf(subject)));
  }

  async #look(artifacts: BoundModel<Artifact>): Promise<void> {
    const startedAtMs = Date.now();
    const run = this.#watch.run();
    const since = this.#lookedAtMs === 0 ? 'revoked ' : family(new Date(this.#lookedAtMs - OVERLAP_MS));
    // One element must lie between both: a list is matched by any two of its own otherwise.
    const found = await artifacts.find({ families: { $elemMatch: { $gte: since, $lt: LAST_FAMILY } } });
    for (const { payload, expiresAt } of found) this.#remember(payload, expiresAt?.getTime() ?? Infinity);
    this.#lookedAtMs = startedAtMs;
    this.#run = run;
  }

  #remember(key: string, untilMs: number): void {
    this.#known.set(key, untilMs);
    const now = Date.now();
    if (now - this.#sweptAtMs < SWEEP_MS) return;
    this.#sweptAtMs = now;
    for (const [each, endMs] of this.#known) if (endMs < now) this.#known.delete(each);
  }
}

/** For whoever must hear of revocations: those of this collection's deletions for which {@link isRevocation} holds. */
export const watchedRevocations: Watched = { collection: artifactModel.collection };

export function isRevocation({ id }: Change): boolean {
  return BELL.test(id);
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

export const revocationsOf = perShell((shell) => new Revocations(shell));

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

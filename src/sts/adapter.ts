import type { Adapter, AdapterPayload, errors as oidcErrors } from 'oidc-provider';
import { sha256 } from '../lib/sha256.ts';
import type { BoundModel } from '../mongo/bound-model.ts';
import { isDuplicateKey } from '../mongo/duplicate-key.ts';
import type { Artifact } from './artifact.ts';

export interface AdapterOptions {
  /** Bound to the request that is being answered: it ends with it and writes only as it may. */
  artifacts(): BoundModel<Artifact>;
  /** Metadata of a client (RFC 7591); undefined when there is none. */
  findClient(id: string): Promise<AdapterPayload | undefined>;
  /** Called when a grant ends: access tokens it led to are signed, and listed as revoked. */
  revokeGrant(artifacts: BoundModel<Artifact>, grant: string): Promise<void>;
  /** The provider library's own errors, which it answers as OAuth's. */
  errors: Pick<typeof oidcErrors, 'InvalidGrant' | 'InvalidClientAuth'>;
}

/**
 * Where a tenant's provider keeps things: the tenant's own database, and its clients in the clients module.
 *
 * @example
 * new Provider(issuer, { adapter: stsAdapter({ artifacts, findClient, revokeGrant, errors }) });
 */
export function stsAdapter(options: AdapterOptions): (kind: string) => Adapter {
  return (kind) => new StsAdapter(kind, options);
}

class StsAdapter implements Adapter {
  readonly #kind: string;
  readonly #artifacts: AdapterOptions['artifacts'];
  readonly #findClient: AdapterOptions['findClient'];
  readonly #revokeGrant: AdapterOptions['revokeGrant'];
  readonly #errors: AdapterOptions['errors'];

  constructor(kind: string, { artifacts, findClient, revokeGrant, errors }: AdapterOptions) {
    this.#kind = kind;
    this.#artifacts = artifacts;
    this.#findClient = findClient;
    this.#revokeGrant = revokeGrant;
    this.#errors = errors;
  }

  async upsert(id: string, payload: AdapterPayload, expiresIn?: number): Promise<void> {
    const { jti, consumed, ...rest } = payload as Record<string, unknown>;
    const artifact: Artifact = {
      _id: this.#idOf(id),
      kind: this.#kind,
      // The id of a code or refresh token is the credential itself. A session's is one in a signed cookie only, and
      // is asked for when the session is found by another name.
      payload: JSON.stringify(this.#kind === 'Session' ? { ...rest, jti } : rest),
      families: familiesOf(this.#kind, payload),
      consumedAt: typeof consumed === 'number' ? new Date(consumed * 1_000) : null,
      expiresAt: expiresIn === undefined ? null : new Date(Date.now() + expiresIn * 1_000),
    };
    // Two that replay one assertion at once both found nothing: the index lets one of them in.
    if (this.#kind === 'ReplayDetection') await this.#insertOnce(artifact);
    else await this.#artifacts().replace(artifact);
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    if (this.#kind === 'Client') return this.#findClient(id);
    return payloadOf(await this.#artifacts().findOne({ _id: this.#idOf(id) }), id);
  }

  async findByUid(uid: string): Promise<AdapterPayload | undefined> {
    return payloadOf(await this.#artifacts().findOne({ families: uidFamily(uid), kind: this.#kind }));
  }

  async findByUserCode(userCode: string): Promise<AdapterPayload | undefined> {
    return payloadOf(await this.#artifacts().findOne({ families: codeFamily(userCode), kind: this.#kind }));
  }

  /** Of two that use a code or refresh token at once, one is told that it is a replay; the family goes with it. */
  async consume(id: string): Promise<void> {
    const _id = this.#idOf(id);
    const first = await this.#artifacts().findOneAndUpdate(
      { _id, consumedAt: null },
      { $set: { consumedAt: new Date() } },
    );
    if (first !== null) return;
    const replayed = await this.#artifacts().findOne({ _id });
    if (replayed !== null) await this.#endFamilies(replayed);
    throw new this.#errors.InvalidGrant('it was used already');
  }

  async destroy(id: string): Promise<void> {
    if (this.#kind === 'Grant') await this.#revokeGrant(this.#artifacts(), id);
    await this.#artifacts().findOneAndDelete({ _id: this.#idOf(id) });
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    await this.#artifacts().deleteMany({ families: grantFamily(grantId), kind: this.#kind });
  }

  async #endFamilies({ families }: Artifact): Promise<void> {
    for (const family of families) {
      await this.#artifacts().deleteMany({ families: family });
      const grant = grantOfFamily(family);
      if (grant === undefined) continue;
      await this.#revokeGrant(this.#artifacts(), grant);
      await this.#artifacts().findOneAndDelete({ _id: idOf('Grant', grant) });
    }
  }

  async #insertOnce(artifact: Artifact): Promise<void> {
    try {
      await this.#artifacts().insert(artifact);
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      throw new this.#errors.InvalidClientAuth('client assertion tokens must only be used once');
    }
  }

  #idOf(id: string): string {
    return idOf(this.#kind, id);
  }
}

const GRANT = 'grant ';

function idOf(kind: string, id: string): string {
  return sha256(`${kind} ${id}`);
}

function grantOfFamily(family: string): string | undefined {
  return family.startsWith(GRANT) ? family.slice(GRANT.length) : undefined;
}

const grantFamily = (id: unknown): string => `${GRANT}${String(id)}`;
const uidFamily = (uid: unknown): string => `uid ${String(uid)}`;
const codeFamily = (code: unknown): string => `code ${String(code)}`;

function familiesOf(kind: string, { grantId, uid, userCode }: AdapterPayload): string[] {
  return [
    ...(grantId === undefined ? [] : [grantFamily(grantId)]),
    ...(kind === 'Session' && uid !== undefined ? [uidFamily(uid)] : []),
    ...(userCode === undefined ? [] : [codeFamily(userCode)]),
  ];
}

function payloadOf(artifact: Artifact | null, id?: string): AdapterPayload | undefined {
  // The server deletes what has expired once a minute.
  if (artifact === null || (artifact.expiresAt !== null && artifact.expiresAt.getTime() <= Date.now())) {
    return undefined;
  }
  return {
    ...(JSON.parse(artifact.payload) as AdapterPayload),
    ...(id === undefined ? {} : { jti: id }),
    ...(artifact.consumedAt === null ? {} : { consumed: Math.floor(artifact.consumedAt.getTime() / 1_000) }),
  };
}

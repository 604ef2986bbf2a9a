import { type KeyObject, timingSafeEqual } from 'node:crypto';
import DataLoader from 'dataloader';
import { type Creation, isReplay } from '../../graphql/idempotency.ts';
import { type Page, type PageArguments, type PageOrder, pageOf } from '../../graphql/paging.ts';
import { changeDocument, deleteDocument, type Target } from '../../graphql/revision.ts';
import { startsWith } from '../../graphql/text-prefix.ts';
import type { BoundModel } from '../../mongo/bound-model.ts';
import { isDuplicateKey } from '../../mongo/duplicate-key.ts';
import { inOrderOf } from '../../lib/in-order-of.ts';
import type { ChangeListener, ChangeWatch } from '../../mongo/cluster-feed.ts';
import { perScope } from '../../shell/per-scope.ts';
import type { Shell } from '../../shell/shell.ts';
import { type Client, clientModel, type ClientSecret, type KnownClient, type KnownSecret } from './client.ts';
import { hashOfSecret } from './secret-hash.ts';

export interface ClientFilter {
  namePrefix?: string | null | undefined;
  kind?: Client['kind'] | null | undefined;
}

/** What can be changed of a client. */
export interface ClientChanges extends Partial<
  Pick<
    Client,
    | 'name'
    | 'description'
    | 'redirectUris'
    | 'postLogoutRedirectUris'
    | 'grantTypes'
    | 'authMethod'
    | 'jwks'
    | 'isMultiTenant'
    | 'grants'
  >
> {
  /** The secrets that stay, and one that joins them. */
  secrets?: { keep(secret: KnownSecret): boolean; add?: ClientSecret };
}

/** A client and what its secrets are recognised by; for `liveSecret`, and for nobody's eyes. */
export interface ClientCredentials {
  readonly client: KnownClient;
  readonly secrets: readonly ClientSecret[];
}

/** How exactly it is known when a secret was used last, in milliseconds: not every token is worth a write. */
const LAST_USE_PRECISION_MS = 60_000;

/** The only door to a tenant's clients. Hashes of secrets stay behind it. */
export class ClientStore {
  readonly #model: BoundModel<Client>;
  readonly #list: string;
  readonly #byId: DataLoader<string, KnownClient | null>;

  constructor(model: BoundModel<Client>, tenant: string) {
    this.#model = model;
    this.#list = `${tenant} clients`;
    this.#byId = new DataLoader(async (ids) => {
      const clients = (await model.find({ _id: { $in: [...ids] } })).map(known);
      return inOrderOf(ids, clients, ({ _id }) => _id);
    });
  }

  byId(id: string): Promise<KnownClient | null> {
    return this.#byId.load(id);
  }

  async page(filter: ClientFilter, page: PageArguments, order: PageOrder): Promise<Page<KnownClient>> {
    const conditions = {
      ...(filter.namePrefix == null ? {} : { name: startsWith(filter.namePrefix) }),
      ...(filter.kind == null ? {} : { kind: filter.kind }),
    };
    const found = await pageOf(this.#model, { filter: conditions, order, page, list: this.#list });
    return { ...found, edges: found.edges.map(({ cursor, node }) => ({ cursor, node: known(node) })) };
  }

  /** True when a client is granted something at a resource, or that very scope of it. */
  isResourceGranted(resource: string, scopeName?: string): Promise<boolean> {
    const scopes = scopeName === undefined ? {} : { scopes: scopeName };
    return this.#model.has({ grants: { $elemMatch: { resource, ...scopes } } });
  }

  /** A client, and what it takes to tell whether somebody is that client; null when there is none. */
  async withCredentials(id: string): Promise<ClientCredentials | null> {
    const client = await this.#model.findOne({ _id: id });
    if (client === null) return null;
    return { client: known(client), secrets: client.secrets };
  }

  /** Says when a secret was used last. It is no change of the client: whoever changes it now need not read again. */
  async noteUse(client: string, secret: ClientSecret, now: Date): Promise<void> {
    secret.lastUsedAt = now;
    await this.#model.findOneAndUpdate(
      { _id: client, 'secrets.id': secret.id },
      { $set: { 'secrets.$.lastUsedAt': now } },
    );
  }

  /**
   * Inserts a client, or finds the one the same creation inserted before.
   *
   * @returns undefined when the id belongs to another creation.
   */
  async insert(
    client: Client,
    creation: Creation,
  ): Promise<{ client: KnownClient; isNew: boolean } | undefined> {
    try {
      await this.#model.insert(client);
      this.#byId.clear(client._id);
      return { client: known(client), isNew: true };
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      const existing = await this.#model.findOne({ _id: client._id });
      return existing !== null && isReplay(creation, existing)
        ? { client: known(existing), isNew: false }
        : undefined;
    }
  }

  /**
   * @param decide - the changes for the client as it is right now; undefined leaves it as it is.
   * @throws {CodedError} NOT_FOUND
   * @throws {UserErrors} CONFLICT
   */
  async change(
    target: Target,
    decide: (client: KnownClient) => ClientChanges | undefined,
  ): Promise<KnownClient> {
    const changed = await changeDocument(this.#model, target, (current) => {
      const changes = decide(known(current));
      if (changes === undefined) return undefined;
      const { secrets, ...values } = changes;
      if (secrets === undefined) return values;
      const kept = current.secrets.filter((secret) => secrets.keep(secret));
      return { ...values, secrets: secrets.add === undefined ? kept : [...kept, secrets.add] };
    });
    this.#byId.clear(target.id);
    return known(changed);
  }

  /** Deletes it unless `check` throws. */
  async delete(target: Target, check: () => Promise<void>): Promise<void> {
    await deleteDocument(this.#model, target, check);
    this.#byId.clear(target.id);
  }
}

/** Tells of clients that are deleted, on whichever node. */
export function watchClients(shell: Shell, listener: ChangeListener): ChangeWatch {
  return shell.watch(clientModel, listener);
}

export const clientStore = perScope((scope) => new ClientStore(scope.model(clientModel), scope.tenant.id));

/** The live secret that is `plain`, if the client has it. `key`: the tenant's, for hashes of secrets. */
export function liveSecret(
  { secrets }: ClientCredentials,
  { plain, key, now }: { plain: string; key: KeyObject; now: Date },
): ClientSecret | undefined {
  const hash = hashOfSecret(key, plain);
  return secrets.find((secret) => isSame(secret.hash, hash) && isLive(secret, now));
}

/** Not every token is worth a write: it is known to the minute when a secret was used last. */
export function isUseWorthNoting({ lastUsedAt }: KnownSecret, now: Date): boolean {
  return now.getTime() - (lastUsedAt?.getTime() ?? 0) >= LAST_USE_PRECISION_MS;
}

export function isLive({ expiresAt }: KnownSecret, now: Date): boolean {
  return expiresAt === null || expiresAt > now;
}

export function known({ inputHash: _inputHash, secrets, ...client }: Client): KnownClient {
  return { ...client, secrets: secrets.map(({ hash: _hash, ...secret }) => secret) };
}

/** In a time that tells nothing of where they differ. */
function isSame(kept: string, hash: string): boolean {
  return kept.length === hash.length && timingSafeEqual(Buffer.from(kept), Buffer.from(hash));
}

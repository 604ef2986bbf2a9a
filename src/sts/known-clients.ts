import { GRAPHIQL_CLIENT_ID } from '../auth/graphiql-client.ts';
import {
  type ClientCredentials,
  clientStore,
  isUseWorthNoting,
  liveSecret,
} from '../modules/clients/store.ts';
import type { Scope } from '../shell/scope.ts';

/** How long a client counts as it was read, in milliseconds: changes count within a second on every node. */
const MAX_AGE_MS = 900;

/** Clients remembered per tenant; small, because every warm tenant pays for it. */
const MAX_CLIENTS = 64;

/** The clients a provider asks for several times within one request, and for thousands of requests a second. */
export class KnownClients {
  readonly #current: () => Scope;
  readonly #graphiql: () => ClientCredentials | null;
  readonly #known = new Map<string, { credentials: ClientCredentials; readAtMs: number }>();

  /** `current`: the scope of the request that is being answered. `graphiql`: the client that has no record. */
  constructor(current: () => Scope, graphiql: () => ClientCredentials | null) {
    this.#current = current;
    this.#graphiql = graphiql;
  }

  async find(id: string): Promise<ClientCredentials | null> {
    if (id === GRAPHIQL_CLIENT_ID) return this.#graphiql();
    const known = this.#known.get(id);
    if (known !== undefined && Date.now() - known.readAtMs < MAX_AGE_MS) return known.credentials;
    return this.#read(id);
  }

  /** Whether a secret is one of the client's. One that is not known may have been made just now. */
  async hasSecret(id: string, plain: string): Promise<boolean> {
    return (await this.#use(await this.find(id), plain)) || (await this.#use(await this.#read(id), plain));
  }

  /** Notes the use of a live secret. */
  async #use(found: ClientCredentials | null, plain: string): Promise<boolean> {
    if (found === null) return false;
    const scope = this.#current();
    const now = new Date();
    const secret = liveSecret(found, { plain, key: await scope.shell.secretKey(), now });
    if (secret === undefined) return false;
    if (isUseWorthNoting(secret, now)) await clientStore(scope).noteUse(found.client._id, secret, now);
    return true;
  }

  /** One that is not there is not remembered: it may be made any moment, and its first token should not have to wait. */
  async #read(id: string): Promise<ClientCredentials | null> {
    const readAtMs = Date.now();
    const credentials = await clientStore(this.#current()).withCredentials(id);
    this.#known.delete(id);
    if (credentials !== null) this.#known.set(id, { credentials, readAtMs });
    const [oldest] = this.#known.keys();
    if (this.#known.size > MAX_CLIENTS && oldest !== undefined) this.#known.delete(oldest);
    return credentials;
  }
}

import { GRAPHIQL_CLIENT_ID } from '../auth/graphiql-client.ts';
import {
  type ClientCredentials,
  clientStore,
  isUseWorthNoting,
  liveSecret,
  watchedClients,
} from '../modules/clients/store.ts';
import { DocumentMemory } from '../shell/document-memory.ts';
import type { Scope } from '../shell/scope.ts';
import { perShell, type Shell } from '../shell/shell.ts';

const credentialsOf = perShell(
  (shell) => new DocumentMemory<ClientCredentials>((listener) => shell.watch(watchedClients, listener)),
);

/** The clients a provider asks for several times within one request, and for thousands of requests a second. */
export class KnownClients {
  readonly #shell: Shell;
  readonly #current: () => Scope;
  readonly #graphiql: () => ClientCredentials | null;

  /** `current`: the scope of the request that is being answered. `graphiql`: the client that has no record. */
  constructor(shell: Shell, current: () => Scope, graphiql: () => ClientCredentials | null) {
    this.#shell = shell;
    this.#current = current;
    this.#graphiql = graphiql;
  }

  async find(id: string): Promise<ClientCredentials | null> {
    if (id === GRAPHIQL_CLIENT_ID) return this.#graphiql();
    const memory = credentialsOf(this.#shell);
    const read = async () => (await clientStore(this.#current()).withCredentials(id)) ?? undefined;
    const found = await memory.of(id, read);
    // It may be made any moment, on another node too, and its first token should not have to wait.
    if (found === undefined) memory.forget(id);
    return found ?? null;
  }

  /** Whether a secret is one of the client's. One that is not known may have been made just now. */
  async hasSecret(id: string, plain: string): Promise<boolean> {
    if (await this.#use(id, plain)) return true;
    credentialsOf(this.#shell).forget(id);
    return this.#use(id, plain);
  }

  /** Notes the use of a live secret. */
  async #use(id: string, plain: string): Promise<boolean> {
    const found = await this.find(id);
    if (found === null) return false;
    const now = new Date();
    const secret = liveSecret(found, { plain, key: await this.#shell.secretKey(), now });
    if (secret === undefined) return false;
    if (isUseWorthNoting(secret, now)) await clientStore(this.#current()).noteUse(id, secret, now);
    return true;
  }
}

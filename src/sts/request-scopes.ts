import type { IncomingMessage } from 'node:http';
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Scope } from '../shell/scope.ts';
import type { Shell } from '../shell/shell.ts';

/** The scopes of the requests a provider is answering: its hooks reach data through the one door as well. */
export class RequestScopes {
  readonly #shell: Shell;
  readonly #current: () => Pick<KoaContextWithOIDC, 'req'> | undefined;
  readonly #scopes = new WeakMap<IncomingMessage, Scope>();

  /** `current`: the library's own note of the request it works on. */
  constructor(shell: Shell, current: () => Pick<KoaContextWithOIDC, 'req'> | undefined) {
    this.#shell = shell;
    this.#current = current;
  }

  set(request: IncomingMessage, scope: Scope): void {
    this.#scopes.set(request, scope);
  }

  of({ req }: Pick<KoaContextWithOIDC, 'req'>): Scope {
    const scope = this.#scopes.get(req);
    if (scope === undefined) throw new Error('a provider was asked past its door');
    return scope;
  }

  /**
   * For storage, to which the library hands no request. The note is ambient, so it chooses between requests of this
   * tenant only: a scope of any other shell is refused.
   */
  current(): Scope {
    const context = this.#current();
    if (context === undefined) throw new Error('a provider works outside of any request');
    const scope = this.of(context);
    if (scope.shell !== this.#shell) throw new Error('a provider was asked for another tenant');
    return scope;
  }
}

import { AsyncLocalStorage } from 'node:async_hooks';
import type { Scope } from '../shell/scope.ts';
import type { Shell } from '../shell/shell.ts';

/** One for the process: each that is in use costs every promise. */
const answering = new AsyncLocalStorage<Scope>();

/**
 * The scope of the request a provider is answering, for hooks to which the library hands none: storage above all.
 * Ambient notes must not route data, so this one only chooses between requests of one tenant: a scope of any other
 * shell is refused.
 */
export class RequestScope {
  readonly #shell: Shell;

  constructor(shell: Shell) {
    this.#shell = shell;
  }

  run<R>(scope: Scope, work: () => R): R {
    return answering.run(scope, work);
  }

  current(): Scope {
    const scope = answering.getStore();
    if (scope === undefined) throw new Error('a provider works outside of any request');
    if (scope.shell !== this.#shell) throw new Error('a provider was asked for another tenant');
    return scope;
  }
}

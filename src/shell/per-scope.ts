import type { Scope } from './scope.ts';

/**
 * Something made once per scope: stores with their loaders. Keyed weakly by the scope, so two requests never share
 * one and nothing has to be torn down.
 *
 * @example
 * export const clientStore = perScope((scope) => new ClientStore(scope.model(clientModel)));
 */
export function perScope<V extends object>(create: (scope: Scope) => V): (scope: Scope) => V {
  const made = new WeakMap<Scope, V>();
  return (scope) => {
    let value = made.get(scope);
    if (value === undefined) {
      value = create(scope);
      made.set(scope, value);
    }
    return value;
  };
}

import type { Scope } from '../../src/shell/scope.ts';

/** A scope that differs from another in a few properties. */
export function scopeWith(scope: Scope, changes: Partial<Scope>): Scope {
  return new Proxy(scope, {
    get(target, key) {
      if (Object.hasOwn(changes, key)) return changes[key as keyof Scope];
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

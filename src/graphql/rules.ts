import type { TenantScope } from '../auth/scopes.ts';
import { scopesOf } from '../auth/principal.ts';
import { CodedError } from '../lib/coded-error.ts';
import type { TenantContext } from './context.ts';
import { rule, type ShieldRule } from './shield.ts';

export { allow } from './shield.ts';

/** Rules by type and field; a rule in place of the fields counts for all of them. What is not named is denied. */
export type RuleTree = Readonly<Record<string, ShieldRule | Readonly<Record<string, ShieldRule>>>>;

const made = new Map<TenantScope, ShieldRule>();

/** The caller must hold this scope. One rule object per scope: shield refuses two rules of one name. */
export function requires(scope: TenantScope): ShieldRule {
  let found = made.get(scope);
  if (found === undefined) {
    found = rule(`requires ${scope}`, { cache: 'no_cache' })((_parent, _args, context: TenantContext) =>
      hasScope(context, scope) ? true : missingScope(context, scope),
    );
    made.set(scope, found);
  }
  return found;
}

export function hasScope({ scope }: Pick<TenantContext, 'scope'>, name: TenantScope): boolean {
  return scopesOf(scope.principal).has(name);
}

/** What a caller without the scope is answered: an anonymous one should sign in, a known one may not. */
export function missingScope({ scope }: Pick<TenantContext, 'scope'>, name: TenantScope): CodedError {
  return scope.principal.kind === 'anonymous'
    ? new CodedError('UNAUTHENTICATED', 'Sign in to use this field.')
    : new CodedError('FORBIDDEN', `This needs the scope ${name}.`);
}

import type { Scope } from '../shell/scope.ts';
import type { Catalogue } from './catalogue.ts';

/** What resolvers of the tenant schema get: the scope, and nothing that could reach beyond it. */
export interface TenantContext {
  readonly scope: Scope;
  readonly catalogue: Catalogue;
}

import type { Scope } from '../shell/scope.ts';
import type { Catalogue } from './catalogue.ts';
import type { EventStream } from './event-stream.ts';

/** What resolvers of the tenant schema get: the scope, and nothing that could reach beyond it. */
export interface TenantContext {
  readonly scope: Scope;
  readonly catalogue: Catalogue;
  /** Where a subscription sends its events; absent in a query or mutation. */
  readonly stream?: EventStream;
}

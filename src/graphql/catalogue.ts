import type { TenantScope } from '../auth/scopes.ts';
import type { Scope } from '../shell/scope.ts';

/** How `node(id)` finds things of one type. */
export interface NodeSource {
  /** What a caller must hold to read one; null when `load` decides what is visible. */
  scope: TenantScope | null;
  /** By local id, through a loader; null for what is missing or not for this caller. */
  load(scope: Scope, id: string): Promise<object | null>;
}

/** What resolvers may know of the modules. */
export interface CatalogueEntry {
  readonly id: string;
  readonly version: string;
  readonly dependsOn: readonly string[];
  readonly isAlwaysOn: boolean;
  readonly nodes: Readonly<Record<string, NodeSource>>;
  /** See `Module.forgetApplicationTenant`. */
  forgetApplicationTenant?(scope: Scope, applicationTenant: string): Promise<void>;
  /** See `Module.usesClient`. */
  usesClient?(scope: Scope, clientId: string): Promise<boolean>;
  /** See `Module.usesResource`. */
  usesResource?(scope: Scope, resourceId: string, scopeName?: string): Promise<boolean>;
}

export type Catalogue = readonly CatalogueEntry[];

/** The source of nodes of a type, if this tenant has the module they belong to. */
export function nodeSourceOf(
  catalogue: Catalogue,
  enabled: readonly string[],
  typename: string,
): NodeSource | undefined {
  return catalogue.find(
    ({ id, isAlwaysOn, nodes }) => (isAlwaysOn || enabled.includes(id)) && Object.hasOwn(nodes, typename),
  )?.nodes[typename];
}

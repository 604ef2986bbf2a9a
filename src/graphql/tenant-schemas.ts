import type { GraphQLSchema } from 'graphql';
import { LRUCache } from 'lru-cache';
import { applyRules } from './apply-rules.ts';
import { builder, SHARED } from './builder.ts';
import { chargePages } from './charge-pages.ts';
import { limitPages } from './limit-pages.ts';
import type { RuleTree } from './rules.ts';

/** What a schema is made of, per module. */
export interface SchemaPart {
  readonly id: string;
  readonly isAlwaysOn: boolean;
  readonly rules: RuleTree;
}

/** What a tenant's schema says of itself in its extensions: the ids of its modules. */
export const MODULES = 'modules';

/** Schemas kept; a schema takes about a megabyte (docs/decisions/0005). */
const MAX_SCHEMAS = 64;

/** The schemas of the tenants. */
export interface TenantSchemas {
  /** Everything there is; what `schema/tenant.graphql` prints. */
  readonly superset: GraphQLSchema;
  /** One schema object per module set: caches of parsed and validated documents are keyed by it. */
  of(enabled: readonly string[]): GraphQLSchema;
}

/** Builds schemas out of the modules whose types are registered on the builder. */
export function createTenantSchemas(parts: readonly SchemaPart[]): TenantSchemas {
  const rules = Object.assign({}, ...parts.map((part) => part.rules)) as RuleTree;
  const merged = mergeRoots(parts, rules);
  const build = (ids: readonly string[]): GraphQLSchema => {
    const schema = applyRules(
      limitPages(chargePages(builder.toSchema({ subGraph: [SHARED, ...ids] }))),
      merged,
    );
    schema.extensions = { ...schema.extensions, [MODULES]: ids };
    return schema;
  };
  const superset = build(parts.map(({ id }) => id));
  const cache = new LRUCache<string, GraphQLSchema>({ max: MAX_SCHEMAS });
  return {
    superset,
    of(enabled) {
      const ids = parts.filter((part) => part.isAlwaysOn || enabled.includes(part.id)).map(({ id }) => id);
      if (ids.length === parts.length) return superset;
      const fingerprint = ids.join(' ');
      let schema = cache.get(fingerprint);
      if (schema === undefined) {
        schema = build(ids);
        cache.set(fingerprint, schema);
      }
      return schema;
    },
  };
}

/** Every module has fields of its own on the root types; all other types belong to one module. */
function mergeRoots(parts: readonly SchemaPart[], rules: RuleTree): RuleTree {
  const roots = ['Query', 'Mutation', 'Subscription'].map((root) => [
    root,
    Object.assign({}, ...parts.map((part) => part.rules[root] ?? {})) as RuleTree[string],
  ]);
  return { ...rules, ...(Object.fromEntries(roots) as RuleTree) };
}

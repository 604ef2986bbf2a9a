import {
  type ASTNode,
  getNamedType,
  GraphQLError,
  type GraphQLNamedType,
  type GraphQLSchema,
  isInterfaceType,
  isObjectType,
  type ValidationRule,
} from 'graphql';
import { SHARED } from './builder.ts';
import { MODULES } from './tenant-schemas.ts';

/**
 * Tells a caller that a field or type exists but belongs to a module its tenant has switched off. The rule's name
 * and behaviour are the same for all tenants: a cache of validations must be able to rely on it.
 */
export function moduleDisabledRule(superset: GraphQLSchema): ValidationRule {
  return function ModuleDisabledRule(context) {
    const schema = context.getSchema();
    // The platform's schema has no modules: what is not there is a mistake.
    if (schema.extensions[MODULES] === undefined) return {};
    return {
      Field(node) {
        const parent = context.getParentType();
        if (parent == null || context.getFieldDef() != null) return;
        const everywhere = superset.getType(parent.name);
        if (!isObjectType(everywhere) && !isInterfaceType(everywhere)) return;
        const field = everywhere.getFields()[node.name.value];
        if (field === undefined) return;
        const module = moduleOf(field.extensions) ?? moduleOf(getNamedType(field.type).extensions);
        if (module !== undefined) context.reportError(moduleDisabled(module, node));
      },
      NamedType(node) {
        const name = node.name.value;
        const type: GraphQLNamedType | undefined = superset.getType(name);
        if (type === undefined || schema.getType(name) !== undefined) return;
        const module = moduleOf(type.extensions);
        if (module !== undefined) context.reportError(moduleDisabled(module, node));
      },
    };
  };
}

function moduleDisabled(module: string, node: ASTNode): GraphQLError {
  return new GraphQLError(`The module ${module} is disabled.`, {
    nodes: node,
    extensions: { code: 'MODULE_DISABLED', module },
  });
}

function moduleOf(extensions: object): string | undefined {
  const { subGraphs } = extensions as { subGraphs?: readonly string[] };
  return subGraphs?.find((name) => name !== SHARED);
}

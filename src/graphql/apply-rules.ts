import { defaultFieldResolver, isObjectType, type GraphQLField, type GraphQLSchema } from 'graphql';
import { CodedError } from '../lib/coded-error.ts';
import type { RuleTree } from './rules.ts';
import { allow, deny, shieldMiddleware, type ShieldRule } from './shield.ts';

type Wrapper = (
  resolve: Resolver,
  parent: unknown,
  args: unknown,
  context: unknown,
  info: unknown,
) => unknown;
type Resolver = (parent: unknown, args: unknown, context: unknown, info: unknown) => unknown;

/** The rule of a field; `deny` when nobody wrote one. */
export function ruleOf(tree: RuleTree, type: string, field: string): ShieldRule {
  const ofType = tree[type];
  if (ofType === undefined) return deny;
  if (isRule(ofType)) return ofType;
  return ofType[field] ?? deny;
}

/**
 * Puts shield's rules into a schema's own resolvers. `applyMiddleware` is not used: it wraps every field, and it
 * leaves the source of a subscription unguarded (docs/decisions/0006). Fields under `allow` cost nothing.
 */
export function applyRules(schema: GraphQLSchema, tree: RuleTree): GraphQLSchema {
  const guarded: Record<string, Record<string, ShieldRule>> = {};
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.keys(type.getFields())) {
      const rule = ruleOf(tree, type.name, field);
      if (rule !== allow) (guarded[type.name] ??= {})[field] = rule;
    }
  }
  const generator = shieldMiddleware(guarded, {
    allowExternalErrors: true,
    fallbackRule: deny,
    fallbackError: new CodedError('FORBIDDEN', 'Nobody may use this field.'),
  });
  const wrappers = (
    generator as unknown as {
      generate(schema: GraphQLSchema): Record<string, Record<string, Wrapper | { resolve: Wrapper }>>;
    }
  ).generate(schema);
  for (const [typeName, fields] of Object.entries(guarded)) {
    const type = schema.getType(typeName);
    if (!isObjectType(type)) continue;
    for (const name of Object.keys(fields)) {
      const field = type.getFields()[name];
      const made = wrappers[typeName]?.[name];
      // Shield wraps what comes of `deny` and of combined rules.
      const wrapper = typeof made === 'object' ? made.resolve : made;
      if (field === undefined || wrapper === undefined)
        throw new Error(`no rule was made for ${typeName}.${name}`);
      guard(field, wrapper);
    }
  }
  return schema;
}

function guard(field: GraphQLField<unknown, unknown>, wrapper: Wrapper): void {
  const resolve = (field.resolve ?? defaultFieldResolver) as Resolver;
  field.resolve = (parent, args, context, info) => wrapper(resolve, parent, args, context, info);
  const { subscribe } = field;
  if (subscribe === undefined) return;
  field.subscribe = async (parent: unknown, args: object, context, info) => {
    const source = await wrapper(subscribe as Resolver, parent, args, context, info);
    if (source instanceof Error) throw source;
    return source;
  };
}

/** `allow`, `deny` and combined rules have no `equals`; a type's field called `resolve` has no function in its place. */
function isRule(value: object): value is ShieldRule {
  return 'resolve' in value && typeof value.resolve === 'function';
}

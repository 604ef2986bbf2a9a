import {
  getNamedType,
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLSchema,
  isInputObjectType,
} from 'graphql';

/** Texts that name something a tenant has. */
const NAMING = new Set(['after', 'before', 'slug', 'type', 'audience', 'referenceTo']);

/**
 * Every argument of every root field that can name something a tenant has, as `field.argument.path`: all of
 * type `ID`, and the texts that name something.
 */
export function idArguments(schema: GraphQLSchema): string[] {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const fields = roots.flatMap((type) => Object.values(type?.getFields() ?? {}));
  return fields.flatMap((field) =>
    field.args.flatMap((argument) => pathsOf(argument, `${field.name}.${argument.name}`, field.name)),
  );
}

function pathsOf(input: GraphQLArgument | GraphQLInputField, path: string, field: string): string[] {
  const type = getNamedType(input.type);
  if (isInputObjectType(type)) {
    return Object.values(type.getFields()).flatMap((inner) => pathsOf(inner, `${path}.${inner.name}`, field));
  }
  const isName = NAMING.has(input.name) || (field === 'contentType' && input.name === 'name');
  return type.name === 'ID' || type.name === 'JSON' || (type.name === 'String' && isName) ? [path] : [];
}

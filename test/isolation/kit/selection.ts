import { getNamedType, type GraphQLOutputType, type GraphQLSchema, isLeafType, isObjectType } from 'graphql';

/** How far below a field everything is asked for. */
const DEPTH = 2;

/**
 * Everything below a field that takes no arguments.
 *
 * @param asked - whose fields are asked for where any node may come back.
 */
export function selectionOf(
  schema: GraphQLSchema,
  answered: GraphQLOutputType,
  asked?: string,
  depth = 0,
): string {
  const type = getNamedType(answered);
  if (isLeafType(type)) return '';
  if (!isObjectType(type)) {
    const narrowed = asked === undefined ? '' : ` ... on ${asked} { ${flatFields(schema, asked).join(' ')} }`;
    return `{ __typename id${narrowed} }`;
  }
  const inner = Object.values(type.getFields()).flatMap((field) => {
    const of = getNamedType(field.type);
    if (field.args.length > 0) return [];
    if (isLeafType(of)) return [field.name];
    return depth >= DEPTH || !isObjectType(of)
      ? []
      : [`${field.name} ${selectionOf(schema, field.type, asked, depth + 1)}`];
  });
  return `{ ${['__typename', ...inner].join(' ')} }`;
}

/** Fields of a type that hold plain values. */
export function flatFields(schema: GraphQLSchema, typename: string): string[] {
  const type = schema.getType(typename);
  if (!isObjectType(type)) return [];
  return Object.values(type.getFields())
    .filter((field) => field.args.length === 0 && isLeafType(getNamedType(field.type)))
    .map(({ name }) => name);
}

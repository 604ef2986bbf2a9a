import { getNamedType, type GraphQLObjectType, type GraphQLSchema, isObjectType } from 'graphql';

/**
 * The type of the things a field is about, by the conventions of the schema: what a query answers, the nodes of a
 * connection, the noun in a mutation's payload or name.
 */
export function targetType(schema: GraphQLSchema, parent: string, fieldName: string): string | undefined {
  const field = objectType(schema, parent)?.getFields()[fieldName];
  if (field === undefined) return undefined;
  const answered = getNamedType(field.type);
  if (!isObjectType(answered)) return undefined;
  if (isNode(answered)) return answered.name;
  const inside = Object.values(answered.getFields()).map(({ type }) => getNamedType(type));
  const noun = inside.find((type) => isObjectType(type) && isNode(type));
  // deleteContentItem answers no item any more.
  return noun?.name ?? typeOfNoun(schema, fieldName.replace(/^[a-z]+/, ''));
}

/** The type people mean by a noun: `resource` is what the query of that name answers, `secret` a `ClientSecret`. */
export function typeOfNoun(
  schema: GraphQLSchema,
  noun: string,
  among: readonly string[] = Object.keys(schema.getTypeMap()),
): string | undefined {
  if (noun === '') return undefined;
  const name = noun.charAt(0).toUpperCase() + noun.slice(1);
  const query = schema.getQueryType()?.getFields()[noun.charAt(0).toLowerCase() + noun.slice(1)];
  const answered = query && getNamedType(query.type);
  if (isObjectType(answered) && among.includes(answered.name)) return answered.name;
  if (isObjectType(schema.getType(name)) && among.includes(name)) return name;
  const ending = among.filter((typename) => typename.endsWith(name));
  return ending.length === 1 ? ending[0] : undefined;
}

export function objectType(schema: GraphQLSchema, name: string): GraphQLObjectType | undefined {
  const type = schema.getType(name);
  return isObjectType(type) ? type : undefined;
}

function isNode(type: GraphQLObjectType): boolean {
  return type.getInterfaces().some(({ name }) => name === 'Node');
}

import {
  getNamedType,
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLNamedInputType,
  type GraphQLSchema,
  isInputObjectType,
  isIntrospectionType,
  isObjectType,
} from 'graphql';

/** A place in the arguments of a field where a caller puts a value. */
export interface ArgumentLeaf {
  /** `Query`, `Mutation`, `Subscription`, or the type the field belongs to. */
  parent: string;
  field: string;
  /** The argument, and the input fields below it. */
  path: readonly string[];
  type: GraphQLNamedInputType;
}

/** The path of a leaf as people write it; fields of root types go without their type. */
export function nameOf({ parent, field, path }: Omit<ArgumentLeaf, 'type'>): string {
  const owner = ROOTS.includes(parent) ? [] : [parent];
  return [...owner, field, ...path].join('.');
}

export const ROOTS: readonly string[] = ['Query', 'Mutation', 'Subscription'];

/** Every such place of every field of a schema. */
export function argumentLeaves(schema: GraphQLSchema): ArgumentLeaf[] {
  return Object.values(schema.getTypeMap())
    .filter((type) => isObjectType(type) && !isIntrospectionType(type))
    .flatMap((type) =>
      isObjectType(type)
        ? Object.values(type.getFields()).flatMap((field) =>
            field.args.flatMap((argument) =>
              leavesOf(argument, [argument.name], []).map((leaf) => ({
                parent: type.name,
                field: field.name,
                ...leaf,
              })),
            ),
          )
        : [],
    );
}

function leavesOf(
  input: GraphQLArgument | GraphQLInputField,
  path: readonly string[],
  above: readonly string[],
): Pick<ArgumentLeaf, 'path' | 'type'>[] {
  const type = getNamedType(input.type);
  if (!isInputObjectType(type)) return [{ path, type }];
  // An input that holds itself (`and: [Filter!]`) is audited where it is first met.
  if (above.includes(type.name)) return [];
  return Object.values(type.getFields()).flatMap((inner) =>
    leavesOf(inner, [...path, inner.name], [...above, type.name]),
  );
}

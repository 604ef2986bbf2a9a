import { type DefinitionNode, type GraphQLSchema, Kind, parse, print, printSchema } from 'graphql';

/** What `after` has and `before` lacks: whole types, and types that grew as `extend type …` with what is new. */
export function addedSdl(before: GraphQLSchema | undefined, after: GraphQLSchema): string {
  const known = new Map(before === undefined ? [] : definitions(before));
  return definitions(after)
    .flatMap(([name, definition]) => {
      const old = known.get(name);
      return old === undefined ? [definition] : growth(old, definition);
    })
    .map(print)
    .join('\n\n');
}

function definitions(schema: GraphQLSchema): (readonly [string, DefinitionNode])[] {
  return parse(printSchema(schema)).definitions.flatMap((definition) =>
    'name' in definition && definition.name !== undefined
      ? [[definition.name.value, definition] as const]
      : [],
  );
}

function growth(before: DefinitionNode, after: DefinitionNode): DefinitionNode[] {
  if (before.kind === Kind.OBJECT_TYPE_DEFINITION && after.kind === before.kind) {
    const { name } = after;
    const fields = added(before.fields, after.fields);
    return fields.length === 0 ? [] : [{ kind: Kind.OBJECT_TYPE_EXTENSION, name, fields }];
  }
  if (before.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION && after.kind === before.kind) {
    const { name } = after;
    const fields = added(before.fields, after.fields);
    return fields.length === 0 ? [] : [{ kind: Kind.INPUT_OBJECT_TYPE_EXTENSION, name, fields }];
  }
  if (before.kind === Kind.ENUM_TYPE_DEFINITION && after.kind === before.kind) {
    const { name } = after;
    const values = added(before.values, after.values);
    return values.length === 0 ? [] : [{ kind: Kind.ENUM_TYPE_EXTENSION, name, values }];
  }
  return [];
}

function added<T extends { name: { value: string } }>(
  before: readonly T[] = [],
  after: readonly T[] = [],
): T[] {
  const known = new Set(before.map(({ name }) => name.value));
  return after.filter(({ name }) => !known.has(name.value));
}

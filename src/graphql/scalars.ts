import { GraphQLError, GraphQLScalarType, Kind, valueFromASTUntyped } from 'graphql';

/** Nesting a JSON value may have; a walk over more could exhaust the stack. */
export const JSON_DEPTH_LIMIT = 32;

export const dateTime = new GraphQLScalarType<Date, string>({
  name: 'DateTime',
  description: 'A moment in time, as in RFC 3339: `2026-01-31T12:00:00Z`.',
  specifiedByURL: 'https://scalars.graphql.org/andimarek/date-time.html',
  serialize: (value) => {
    if (value instanceof Date) return value.toISOString();
    throw new GraphQLError('DateTime cannot represent this value.');
  },
  parseValue: dateOf,
  parseLiteral: (node) => dateOf(node.kind === Kind.STRING ? node.value : undefined),
});

export const json = new GraphQLScalarType<unknown>({
  name: 'JSON',
  description: `Any JSON value, at most ${JSON_DEPTH_LIMIT} levels deep. Stored and returned as it is.`,
  serialize: (value) => value,
  parseValue: shallow,
  parseLiteral: (node, variables) => shallow(valueFromASTUntyped(node, variables)),
});

const RFC_3339 = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:[Zz]|[+-]\d{2}:\d{2})$/;

function dateOf(value: unknown): Date {
  const date = typeof value === 'string' && RFC_3339.test(value) ? new Date(value) : undefined;
  if (date === undefined || Number.isNaN(date.getTime())) {
    throw new GraphQLError('DateTime must be a date and time as in RFC 3339.');
  }
  return date;
}

function shallow(value: unknown): unknown {
  if (isDeeper(value, JSON_DEPTH_LIMIT)) {
    throw new GraphQLError(`JSON may be at most ${JSON_DEPTH_LIMIT} levels deep.`);
  }
  return value;
}

function isDeeper(value: unknown, levels: number): boolean {
  if (value === null || typeof value !== 'object') return false;
  if (levels === 0) return true;
  return Object.values(value).some((member) => isDeeper(member, levels - 1));
}

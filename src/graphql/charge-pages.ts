import { type GraphQLField, type GraphQLSchema, isObjectType } from 'graphql';
import { type PageArguments, sizeOfPage } from './paging.ts';

/**
 * Charges every connection of a schema by the page that is asked for. Pothos knows only a fixed multiplier per list,
 * which cannot see the arguments of the field above it: a page of 100 would cost as much as one of 20.
 */
export function chargePages(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const isConnection = field.args.some(({ name }) => name === 'first');
      const isItems = type.name.endsWith('Connection') && (field.name === 'nodes' || field.name === 'edges');
      if (isConnection) charge(field, costOfPage);
      if (isItems) charge(field, { field: 1, multiplier: 1 });
    }
  }
  return schema;
}

function costOfPage(page: PageArguments): { field: number; multiplier: number } {
  return { field: 1, multiplier: sizeOfPage(page) };
}

/** Where the complexity plugin looks. */
function charge(field: GraphQLField<unknown, unknown>, complexity: unknown): void {
  field.extensions = { ...field.extensions, complexity };
}

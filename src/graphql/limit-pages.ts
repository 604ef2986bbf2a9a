import { defaultFieldResolver, type GraphQLSchema, isObjectType } from 'graphql';
import { CodedError } from '../lib/coded-error.ts';
import { optionValue } from '../tenancy/option.ts';
import type { TenantContext } from './context.ts';
import { maxPageSize } from './limit-options.ts';
import { type PageArguments, sizeOfPage } from './paging.ts';

/** Holds every connection of a schema to the page size its tenant allows; the platform's own limit is paging's. */
export function limitPages(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      if (!field.args.some(({ name }) => name === 'first')) continue;
      const resolve = field.resolve ?? defaultFieldResolver;
      field.resolve = (parent: unknown, page: PageArguments, context: TenantContext, info) => {
        requireAllowed(sizeOfPage(page), optionValue(maxPageSize, context.scope.optionLayers));
        return resolve(parent, page, context, info);
      };
    }
  }
  return schema;
}

function requireAllowed(size: number, limit: number): void {
  if (size <= limit) return;
  throw new CodedError('LIMIT_EXCEEDED', `A page has at most ${limit} items.`, { extensions: { limit } });
}

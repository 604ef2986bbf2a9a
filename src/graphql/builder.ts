import SchemaBuilder from '@pothos/core';
import ComplexityPlugin, { ComplexityErrorKind } from '@pothos/plugin-complexity';
import RelayPlugin from '@pothos/plugin-relay';
import SubGraphPlugin from '@pothos/plugin-sub-graph';
import { CodedError } from '../lib/coded-error.ts';
import type { TenantContext } from './context.ts';
import { encodeGlobalId } from './global-id.ts';
import { costLimits } from './limit-options.ts';
import { PAGE_SIZE } from './limits.ts';
import { dateTime, json } from './scalars.ts';

/** What every module's types are built on. */
export interface TenantSchemaTypes {
  Context: TenantContext;
  DefaultFieldNullability: false;
  DefaultEdgesNullability: false;
  DefaultNodeNullability: false;
  SubGraphs: string;
  Scalars: {
    ID: { Input: string; Output: string };
    DateTime: { Input: Date; Output: Date };
    JSON: { Input: unknown; Output: unknown };
  };
}

/** The sub-graph of types that are there whenever a field leads to them. */
export const SHARED = '*';

/**
 * The one builder of the tenant schema. Modules register their types on it; a tenant's schema is the sub-graph of its
 * module set. A root field that does not name its module in `subGraphs` is in no schema: forgetting it fails closed.
 */
export const builder = new SchemaBuilder<TenantSchemaTypes>({
  defaultFieldNullability: false,
  plugins: [ComplexityPlugin, RelayPlugin, SubGraphPlugin],
  relay: {
    encodeGlobalID: (typename, id) => encodeGlobalId(typename, String(id)),
    clientMutationId: 'omit',
    cursorType: 'String',
    nodeQueryOptions: false,
    nodesQueryOptions: false,
    nodesOnConnection: true,
    edgesFieldOptions: { nullable: false },
    nodeFieldOptions: { nullable: false },
  },
  complexity: {
    defaultComplexity: 1,
    defaultListMultiplier: PAGE_SIZE.default,
    limit: ({ scope }) => costLimits(scope.optionLayers),
    complexityError: (kind, { maxDepth, maxComplexity }) =>
      new CodedError('LIMIT_EXCEEDED', 'This operation costs too much; ask for less at once.', {
        extensions: { limit: kind === ComplexityErrorKind.Depth ? maxDepth : maxComplexity },
      }),
  },
  subGraphs: { defaultForTypes: [SHARED], fieldsInheritFromTypes: true },
});

builder.queryType({ defaultSubGraphsForFields: [] });
builder.mutationType({ defaultSubGraphsForFields: [] });
builder.subscriptionType({ defaultSubGraphsForFields: [] });
builder.addScalarType('DateTime', dateTime);
builder.addScalarType('JSON', json);

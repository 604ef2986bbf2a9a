import { brandWithType } from '@pothos/core';
import { builder } from '../../graphql/builder.ts';
import { nodeSourceOf } from '../../graphql/catalogue.ts';
import type { TenantContext } from '../../graphql/context.ts';
import { decodeGlobalId } from '../../graphql/global-id.ts';
import { PAGE_SIZE } from '../../graphql/limits.ts';
import { found } from '../../graphql/not-found.ts';
import { hasScope, missingScope } from '../../graphql/rules.ts';
import { CodedError } from '../../lib/coded-error.ts';

const Node = builder.nodeInterfaceRef();

builder.queryFields((t) => ({
  node: t.field({
    type: Node,
    nullable: true,
    subGraphs: ['core'],
    args: { id: t.arg.id({ required: true }) },
    resolve: async (_root, { id }, context) => found(await load(id, context)) as object,
  }),
  nodes: t.field({
    type: [Node],
    nullable: { list: false, items: true },
    subGraphs: ['core'],
    description: `At most ${PAGE_SIZE.max}; null for each id nothing has.`,
    args: { ids: t.arg.idList({ required: true }) },
    complexity: ({ ids }) => ({ field: 1, multiplier: ids.length }),
    resolve: (_root, { ids }, context) => {
      if (ids.length > PAGE_SIZE.max) {
        throw new CodedError('LIMIT_EXCEEDED', `Ask for at most ${PAGE_SIZE.max} nodes at once.`, {
          extensions: { limit: PAGE_SIZE.max },
        });
      }
      return ids.map((id) => load(id, context)) as Promise<object | null>[];
    },
  }),
}));

async function load(globalId: string, context: TenantContext): Promise<object | null> {
  const decoded = decodeGlobalId(globalId);
  if (decoded === undefined) return null;
  const source = nodeSourceOf(context.catalogue, context.scope.tenant.modules, decoded.typename);
  if (source === undefined) return null;
  if (source.scope !== null && !hasScope(context, source.scope)) throw missingScope(context, source.scope);
  const node = await source.load(context.scope, decoded.id);
  if (node !== null) brandWithType(node, decoded.typename as never);
  return node;
}

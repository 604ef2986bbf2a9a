import SchemaBuilder from '@pothos/core';
import RelayPlugin from '@pothos/plugin-relay';
import { dateTime } from '../../graphql/scalars.ts';
import type { PlatformContext } from './context.ts';

/** The builder of the platform schema. It shares nothing with the tenant schema but conventions. */
export const platformBuilder = new SchemaBuilder<{
  Context: PlatformContext;
  DefaultFieldNullability: false;
  DefaultEdgesNullability: false;
  Scalars: {
    ID: { Input: string; Output: string };
    DateTime: { Input: Date; Output: Date };
  };
}>({
  defaultFieldNullability: false,
  plugins: [RelayPlugin],
  relay: {
    clientMutationId: 'omit',
    cursorType: 'String',
    nodeQueryOptions: false,
    nodesQueryOptions: false,
    nodesOnConnection: true,
    edgesFieldOptions: { nullable: false },
  },
});

platformBuilder.queryType({});
platformBuilder.mutationType({});
platformBuilder.addScalarType('DateTime', dateTime);

import type { GraphQLSchema } from 'graphql';
import type { Catalogue } from '../graphql/catalogue.ts';
import type { Engine, EngineContext } from '../graphql/engine.ts';
import type { TenantSchemas } from '../graphql/tenant-schemas.ts';
import type { Config } from '../config/config.ts';
import type { Exchange } from './exchange.ts';
import { mayIntrospect } from './may-introspect.ts';
import { searchOf } from './search-of.ts';
import type { Stage } from './stage.ts';

export interface GraphQLStageOptions {
  engine: Engine;
  schemas: TenantSchemas;
  catalogue: Catalogue;
  introspection: Config['introspection'];
}

/** Executes GraphQL in the scope of a tenant. */
export function useGraphQL({ engine, schemas, catalogue, introspection }: GraphQLStageOptions): Stage {
  return async (exchange, next) => {
    const { scope, tenant, claim } = exchange;
    if (scope === undefined || tenant === undefined) return next();
    await execute(
      exchange,
      engine,
      schemas.of(tenant.modules),
      mayIntrospect(introspection, claim !== undefined),
      {
        scope,
        catalogue,
      },
    );
  };
}

/** Hands the request to the engine and takes its answer as the reply. */
export async function execute(
  exchange: Exchange,
  engine: Engine,
  schema: GraphQLSchema,
  isIntrospectable: boolean,
  resolverContext: object,
): Promise<void> {
  const { request, body } = exchange;
  const context: EngineContext = {
    ...resolverContext,
    schema,
    requestId: exchange.requestId,
    log: exchange.log,
    mayIntrospect: isIntrospectable,
    onOperation: (name) => (exchange.operation = name),
    onError: (code) => exchange.codes.push(code),
  };
  const response = await engine(
    {
      method: request.method === 'HEAD' ? 'GET' : (request.method ?? 'GET'),
      search: searchOf(request.url),
      headers: headersOf(request.headers),
      body: body as Uint8Array<ArrayBuffer> | undefined,
    },
    context,
  );
  exchange.reply = {
    status: response.status,
    headers: { 'cache-control': 'no-store', ...Object.fromEntries(response.headers) },
    body: await response.text(),
  };
}

/** The headers GraphQL over HTTP looks at. The type of a body was checked before; Yoga would mind its case. */
function headersOf(headers: Exchange['request']['headers']): Record<string, string> {
  return {
    ...(headers.accept === undefined ? {} : { accept: headers.accept }),
    ...(headers['content-type'] === undefined ? {} : { 'content-type': 'application/json' }),
  };
}

import type { GraphQLSchema } from 'graphql';
import type { Catalogue } from '../graphql/catalogue.ts';
import type { Engine, EngineContext } from '../graphql/engine-request.ts';
import type { TenantSchemas } from '../graphql/tenant-schemas.ts';
import type { Config } from '../config/config.ts';
import type { Exchange } from './exchange.ts';
import { mayIntrospect } from './may-introspect.ts';
import { refusal } from './refuse.ts';
import { searchOf } from './request-target.ts';
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
  const { request } = exchange;
  const context: EngineContext = {
    ...resolverContext,
    schema,
    requestId: exchange.requestId,
    log: exchange.log,
    mayIntrospect: isIntrospectable,
    onOperation: (name) => (exchange.operation = name),
    onError: (code) => exchange.codes.push(code),
  };
  const { status, headers, body } = await engine(
    {
      method: request.method === 'HEAD' ? 'GET' : (request.method ?? 'GET'),
      search: searchOf(request.url),
      accept: request.headers.accept,
      body: exchange.body,
    },
    context,
  );
  if (status === 406) {
    throw refusal(406, 'BAD_USER_INPUT', 'Accept application/graphql-response+json or application/json.');
  }
  exchange.reply = { status, headers: { 'cache-control': 'no-store', ...headers }, body };
}

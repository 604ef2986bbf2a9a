import { printSchema, type GraphQLSchema } from 'graphql';
import type { TenantSchemas } from '../graphql/tenant-schemas.ts';
import { CodedError } from '../lib/coded-error.ts';
import type { Config } from '../config/config.ts';
import type { Stage } from './stage.ts';
import { mayIntrospect } from './use-graphql.ts';

export interface SchemaFileOptions {
  schemas: TenantSchemas;
  platformSchema: GraphQLSchema;
  introspection: Config['introspection'];
}

/** `GET …/graphql/schema.graphql`: the SDL for codegen. */
export function useSchemaFile({ schemas, platformSchema, introspection }: SchemaFileOptions): Stage {
  const printed = new WeakMap<GraphQLSchema, string>();
  return (exchange, next) => {
    const { route, tenant, claim } = exchange;
    if ((route.kind !== 'tenant' && route.kind !== 'platform') || !route.isSchemaFile) return next();
    if (!mayIntrospect(introspection, claim !== undefined)) {
      throw new CodedError('UNAUTHENTICATED', 'Sign in to read the schema.');
    }
    const schema =
      route.kind === 'platform'
        ? platformSchema
        : tenant === undefined
          ? schemas.superset
          : schemas.of(tenant.modules);
    let sdl = printed.get(schema);
    if (sdl === undefined) {
      sdl = `${printSchema(schema)}\n`;
      printed.set(schema, sdl);
    }
    exchange.reply = {
      status: 200,
      headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-cache' },
      body: sdl,
    };
    return Promise.resolve();
  };
}

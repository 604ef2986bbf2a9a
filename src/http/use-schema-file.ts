import type { Config } from '../config/config.ts';
import type { TenantSchemas } from '../graphql/tenant-schemas.ts';
import { requireIntrospection } from './may-introspect.ts';
import { sdlReply } from './sdl-reply.ts';
import type { Stage } from './stage.ts';

export interface SchemaFileOptions {
  schemas: TenantSchemas;
  introspection: Config['introspection'];
}

/** `GET …/graphql/schema.graphql`: for codegen, the schema a tenant has; without a tenant everything there is. */
export function useSchemaFile({ schemas, introspection }: SchemaFileOptions): Stage {
  return (exchange, next) => {
    const { route, tenant, claim } = exchange;
    if (route.kind !== 'tenant' || !route.isSchemaFile) return next();
    requireIntrospection(introspection, claim !== undefined);
    exchange.reply = sdlReply(tenant === undefined ? schemas.superset : schemas.of(tenant.modules));
    return Promise.resolve();
  };
}

import type { GraphQLSchema } from 'graphql';
import { bearerToken } from '../auth/bearer.ts';
import type { Config } from '../config/config.ts';
import type { Platform, PlatformContext } from '../control-plane/graphql/context.ts';
import type { AuthenticateOperator } from '../control-plane/operator-authentication.ts';
import type { Engine } from '../graphql/engine-request.ts';
import { mayIntrospect, requireIntrospection } from './may-introspect.ts';
import { sdlReply } from './sdl-reply.ts';
import type { Stage } from './stage.ts';
import { engineContext, execute } from './use-graphql.ts';

export interface PlatformStageOptions {
  engine: Engine;
  schema: GraphQLSchema;
  platform: Platform;
  authenticate: AuthenticateOperator;
  introspection: Config['introspection'];
}

/** `/platform/graphql`: registration for everybody, the rest for operators. No tenant's database is in reach of it. */
export function usePlatform(options: PlatformStageOptions): Stage {
  const { engine, schema, platform, authenticate, introspection } = options;
  return async (exchange, next) => {
    if (exchange.route.kind !== 'platform') return next();
    const token = bearerToken(exchange.request.headers.authorization);
    const operator = token === undefined ? undefined : await authenticate(token);
    if (exchange.route.isSchemaFile) {
      requireIntrospection(introspection, operator !== undefined);
      exchange.reply = sdlReply(schema);
      return;
    }
    const context: PlatformContext = { platform, operator, address: exchange.address };
    const isIntrospectable = mayIntrospect(introspection, operator !== undefined);
    await execute(exchange, engine, { ...engineContext(exchange, schema, isIntrospectable), ...context });
  };
}

import type { GraphQLSchema } from 'graphql';
import type { Config } from '../config/config.ts';
import type { Catalogue } from '../graphql/catalogue.ts';
import type { TenantContext } from '../graphql/context.ts';
import type { Engine, EngineContext } from '../graphql/engine-request.ts';
import type { TenantSchemas } from '../graphql/tenant-schemas.ts';
import { type Exchange, hasHungUp } from './exchange.ts';
import { mayIntrospect } from './may-introspect.ts';
import type { Admit } from './open-stream.ts';
import type { OpenStreams } from './open-streams.ts';
import { refusal } from './refuse.ts';
import { searchOf } from './request-target.ts';
import type { Stage } from './stage.ts';

export interface GraphQLStageOptions {
  engine: Engine;
  schemas: TenantSchemas;
  catalogue: Catalogue;
  introspection: Config['introspection'];
  streams: OpenStreams;
  /** The stages that decide whether a caller is served; each event of a subscription goes through them. */
  admit: Admit;
}

/** Executes GraphQL in the scope of a tenant. */
export function useGraphQL(options: GraphQLStageOptions): Stage {
  const { engine, schemas, catalogue, introspection, streams, admit } = options;

  const contextOf = (exchange: Exchange): EngineContext & TenantContext => {
    const { scope, tenant, claim } = exchange;
    if (scope === undefined || tenant === undefined) throw new Error('there is no scope');
    const schema = schemas.of(tenant.modules);
    const base = engineContext(exchange, schema, mayIntrospect(introspection, claim !== undefined));
    return { ...base, scope, catalogue };
  };

  return async (exchange, next) => {
    const { scope, tenant } = exchange;
    if (scope === undefined || tenant === undefined) return next();
    const context: EngineContext & TenantContext = {
      ...contextOf(exchange),
      openStream(stillFits) {
        const { onError } = contextOf(exchange);
        const stream = streams.open(tenant, scope.shell, {
          opening: exchange,
          admit,
          // What goes wrong is written down with the stream, not with the event.
          contextOf: (event) => ({ ...contextOf(event), onError }),
          stillFits,
        });
        exchange.stream = stream;
        return stream;
      },
    };
    try {
      await execute(exchange, engine, context);
    } catch (error) {
      // Nobody reads it.
      exchange.stream?.close();
      throw error;
    }
  };
}

/** What the engine has to know of an exchange. */
export function engineContext(
  exchange: Exchange,
  schema: GraphQLSchema,
  isIntrospectable: boolean,
): EngineContext {
  const { codes } = exchange;
  return {
    schema,
    requestId: exchange.requestId,
    log: exchange.log,
    mayIntrospect: isIntrospectable,
    hasHungUp: () => hasHungUp(exchange),
    onOperation: (name) => (exchange.operation = name),
    // A stream may go wrong in the same way a thousand times.
    onError: (code) => void (exchange.stream !== undefined && codes.includes(code) ? 0 : codes.push(code)),
  };
}

/** Hands the operation to the engine and takes what comes of it as the reply. */
export async function execute(
  exchange: Exchange,
  engine: Engine,
  context: EngineContext & object,
): Promise<void> {
  const { request, socket } = exchange;
  if (socket?.kind === 'init') {
    // That it got here is the answer.
    exchange.reply = { status: 204, headers: {}, body: undefined };
    return;
  }
  if (socket?.kind === 'operation') {
    socket.onResults(await engine.run(socket.params, context));
    // For the log line: the results have taken their own way.
    exchange.reply = { status: 200, headers: {}, body: undefined };
    return;
  }
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
    throw refusal(
      406,
      'BAD_USER_INPUT',
      'Accept application/graphql-response+json, application/json or, for subscriptions, text/event-stream.',
    );
  }
  exchange.reply = { status, headers: { ...headers, 'cache-control': 'no-store' }, body };
}

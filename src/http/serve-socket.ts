import { type ExecutionArgs, GraphQLError, parse } from 'graphql';
import { CloseCode, makeServer, type SubscribePayload } from 'graphql-ws';
import type { WebSocket } from 'ws';
import { sentError } from '../graphql/direct-execution.ts';
import type { Results } from '../graphql/engine-request.ts';
import { limitError } from '../graphql/document-limits.ts';
import type { CodedError } from '../lib/coded-error.ts';
import type { ErrorCode } from '../lib/error-codes.ts';
import { uuidv7 } from '../lib/uuid.ts';
import type { Logger } from '../observability/logger.ts';
import { CLOSE_CODES, closeCodeOf } from './close-code.ts';
import { type Exchange, RequestExchange, type SocketRequest } from './exchange.ts';
import { credentialOf } from './socket-credential.ts';
import { StreamEnd, withStreamEnd } from './stream-end.ts';

export interface SocketServing {
  handle(exchange: Exchange): Promise<void>;
  log: Logger;
}

/** How long a client may take to say who it is, in milliseconds. */
const INIT_MS = 5_000;

/** Operations that one connection may have under way. */
const MAX_OPERATIONS = 100;

/** graphql-ws asks these documents only of what kind an operation is: it has run by then. */
const STREAMED = parse('subscription { any }');
const SINGLE = parse('{ any }');

/**
 * Serves one connection (graphql-transport-ws). Its first message and each of its operations go through the stages like
 * a request of its own, so whatever counts for requests counts here.
 *
 * @param opening - the handshake.
 */
export function serveSocket(socket: WebSocket, opening: Exchange, { handle, log }: SocketServing): void {
  const underWay = new Map<string, Exchange>();
  let authorization = opening.authorization;

  const run = async (request: SocketRequest, id?: string): Promise<Exchange> => {
    const { route, address } = opening;
    const exchange = new RequestExchange(opening.request, { requestId: uuidv7(), log, route, address });
    Object.assign(exchange, { authorization, socket: request });
    if (id !== undefined) underWay.set(id, exchange);
    exchange.hangUp = () => {
      if (underWay.get(id ?? '') === exchange) socket.terminate();
    };
    await handle(exchange);
    return exchange;
  };

  /** After what is being sent. */
  const closeFor = (code: ErrorCode | undefined): void => {
    const closeCode = code === undefined ? undefined : closeCodeOf(code);
    if (closeCode !== undefined) setImmediate(() => socket.close(closeCode, code));
  };

  const results = async (
    id: string,
    { operationName, query, variables, extensions }: SubscribePayload,
  ): Promise<Results> => {
    let made: Results | undefined;
    const onResults = (results: Results) => void (made = results);
    const params = {
      query,
      ...(operationName == null ? {} : { operationName }),
      ...(variables == null ? {} : { variables }),
      ...(extensions == null ? {} : { extensions }),
    };
    const { reply } = await run({ kind: 'operation', params, onResults }, id);
    if (made !== undefined) return made;
    // A stage refused it: the caller, not the operation, is at fault.
    const errors = errorsIn(reply);
    closeFor(errors[0]?.extensions['code'] as ErrorCode | undefined);
    return { errors };
  };

  /** Why who sends this first is not served. */
  const faultOf = async (params?: Readonly<Record<string, unknown>>): Promise<ErrorCode | undefined> => {
    try {
      authorization = credentialOf(opening.authorization, params);
    } catch (error) {
      return (error as CodedError).code;
    }
    const { reply } = await run({ kind: 'init' });
    return errorsIn(reply)[0]?.extensions['code'] as ErrorCode | undefined;
  };

  const server = makeServer({
    connectionInitWaitTimeout: INIT_MS,
    async onConnect({ connectionParams }) {
      const code = await faultOf(connectionParams);
      if (code !== undefined) socket.close(closeCodeOf(code) ?? CLOSE_CODES.tryLater, code);
      // Closed already: the code that graphql-ws closes with is not sent any more.
      return code === undefined;
    },
    async onSubscribe(_context, id, params): Promise<ExecutionArgs | readonly GraphQLError[]> {
      if (underWay.size >= MAX_OPERATIONS) {
        return [limitError('This connection has too many operations under way.', MAX_OPERATIONS)];
      }
      const made = await results(id, params);
      const isStream = Symbol.asyncIterator in made;
      if (!isStream && made.data === undefined) return made.errors ?? [];
      const contextValue = isStream ? withStreamEnd(made) : made;
      return { schema: undefined as never, document: isStream ? STREAMED : SINGLE, contextValue };
    },
    execute: ({ contextValue }) => contextValue as never,
    subscribe: ({ contextValue }) => contextValue as never,
    onNext: (_context, _id, _params, _args, { data = null, errors = [] }) => ({
      data,
      ...(errors.length === 0 ? {} : { errors: errors.map(sentError) }),
    }),
    onError(_context, id, _params, errors) {
      underWay.delete(id);
      const end = errors[0]?.originalError;
      if (!(end instanceof StreamEnd)) return errors.map(sentError);
      closeFor(end.code);
      return end.errors.map(sentError);
    },
    onComplete: (_context, id) => void underWay.delete(id),
  });

  const closed = server.opened(
    {
      protocol: socket.protocol,
      send: (text) =>
        new Promise((resolve) => {
          // Settles when it is on its way: until then the stream is not asked for more.
          if (socket.readyState === socket.OPEN) socket.send(text, () => resolve());
          else resolve();
        }),
      close: (code, reason) => socket.close(code, reason),
      onMessage: (take) =>
        socket.on('message', (data: Buffer) => {
          take(data.toString()).catch((error: Error) => refuse(error));
        }),
    },
    {},
  );
  const refuse = (err: Error): void => {
    log.error({ err, requestId: opening.requestId }, 'a message could not be served');
    socket.close(CloseCode.InternalServerError, 'INTERNAL');
  };
  // Malformed frames; `close` follows.
  socket.on('error', () => undefined);
  socket.once('close', (code, reason) => {
    for (const { abort } of underWay.values())
      abort.abort(new DOMException('the caller hung up', 'AbortError'));
    closed(code, reason.toString()).catch(refuse);
  });
}

/** The errors a stage answered with. */
function errorsIn(reply: Exchange['reply']): readonly GraphQLError[] {
  if (reply === undefined || reply.status < 300 || typeof reply.body !== 'string') return [];
  const { errors } = JSON.parse(reply.body) as { errors: { message: string; extensions: object }[] };
  return errors.map(
    ({ message, extensions }) => new GraphQLError(message, { extensions: { ...extensions } }),
  );
}

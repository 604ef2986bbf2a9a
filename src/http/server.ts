import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Logger } from '../observability/logger.ts';
import { uuidv7 } from '../lib/uuid.ts';
import { clientAddress } from './client-address.ts';
import { type Exchange, newExchange } from './exchange.ts';
import { isDraining } from './listen.ts';
import { malformedReply } from './malformed-reply.ts';
import { pathOf } from './request-target.ts';
import { routeOf } from './route.ts';

export interface HttpServerOptions {
  handle(exchange: Exchange): Promise<void>;
  log: Logger;
  trustedProxies: number;
}

/** Sizes and times a client cannot exceed. */
const MAX_HEADER_BYTES = 16_384;
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;

/** The public listener: turns each HTTP request into an exchange and its reply into a response. */
export function createHttpServer({ handle, log, trustedProxies }: HttpServerOptions): Server {
  const answering = new WeakMap<Duplex, ServerResponse>();
  const server = createServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      // useRequestForm asks for it, so that its refusal is like any other.
      requireHostHeader: false,
    },
    (request, response) => {
      answering.set(request.socket, response);
      const requestId = uuidv7();
      const exchange = newExchange(request, {
        requestId,
        log,
        route: routeOf(pathOf(request.url)),
        address: clientAddress(request, trustedProxies),
      });
      response.once('close', () => {
        if (!response.writableFinished)
          exchange.abort.abort(new DOMException('the caller hung up', 'AbortError'));
      });
      handle(exchange).then(
        () => send(exchange, request, response, isDraining(server)),
        (err: unknown) => {
          exchange.log.error({ err }, 'a stage failed outside of all others');
          response.destroy();
        },
      );
    },
  );
  // Node would drop the excess in silence, and with it whatever a proxy has added in the end; useRequestForm counts.
  server.maxHeadersCount = 0;
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const response = answering.get(socket);
    const isUnderWay = response?.headersSent === true && !response.writableFinished;
    if (!socket.writable || isUnderWay) {
      socket.destroy();
      return;
    }
    const requestId = uuidv7();
    log.info({ requestId, fault: error.code }, 'malformed request');
    socket.end(malformedReply(error.code, requestId));
  });
  return server;
}

function send(
  { reply }: Exchange,
  request: IncomingMessage,
  response: ServerResponse,
  isLast: boolean,
): void {
  if (response.destroyed) return;
  const { status, headers, body, cookies = [] } = reply ?? { status: 404, headers: {}, body: undefined };
  const length = body === undefined ? 0 : Buffer.byteLength(body);
  // Sent whole: framing that Yoga has in mind for its own responses would contradict the length.
  const { 'transfer-encoding': _framing, connection: _connection, ...rest } = headers;
  // RFC 9110 section 8.6: a 204 has no length.
  response.writeHead(status, {
    ...rest,
    ...(cookies.length === 0 ? {} : { 'set-cookie': cookies }),
    ...(status === 204 ? {} : { 'content-length': String(length) }),
    ...(isLast ? { connection: 'close' } : {}),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

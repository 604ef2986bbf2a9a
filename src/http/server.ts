import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Logger } from '../observability/logger.ts';
import { uuidv7 } from '../lib/uuid.ts';
import { clientAddress } from './client-address.ts';
import { type Exchange, RequestExchange } from './exchange.ts';
import { drainSignal, isDraining } from './listen.ts';
import { malformedReply } from './malformed-reply.ts';
import { pathOf } from './request-target.ts';
import { routeOf } from './route.ts';
import { sendReply } from './send-reply.ts';
import { createSocketServer } from './socket-server.ts';
import { isHandshake, serveWithoutUpgrade } from './without-upgrade.ts';

export interface HttpServerOptions {
  handle(exchange: Exchange): Promise<void>;
  log: Logger;
  trustedProxies: number;
  /** Longest message of a WebSocket (`BODY_LIMIT_BYTES`). */
  maxMessageBytes: number;
}

/** Sizes and times a client cannot exceed. */
const MAX_HEADER_BYTES = 16_384;
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;

/** The public listener: turns each HTTP request into an exchange and its reply into a response. */
export function createHttpServer({
  handle,
  log,
  trustedProxies,
  maxMessageBytes,
}: HttpServerOptions): Server {
  const exchangeOf = (request: IncomingMessage): Exchange =>
    new RequestExchange(request, {
      requestId: uuidv7(),
      log,
      route: routeOf(pathOf(request.url)),
      address: clientAddress(request, trustedProxies),
    });
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
      const exchange = exchangeOf(request);
      response.once('close', () => {
        if (!response.writableFinished)
          exchange.abort.abort(new DOMException('the caller hung up', 'AbortError'));
      });
      exchange.hangUp = () => {
        if (!response.writableFinished) response.destroy();
      };
      handle(exchange)
        .then(() => sendReply(exchange, request, response, isDraining(server)))
        .catch((err: unknown) => {
          exchange.log.error({ err }, 'a stage failed outside of all others');
          response.destroy();
        });
    },
  );
  const serveSocket = createSocketServer({
    handle,
    log,
    maxMessageBytes,
    draining: drainSignal(server),
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (!isHandshake(request)) {
      serveWithoutUpgrade(server, request, socket, head);
      return;
    }
    const exchange = exchangeOf(request);
    serveSocket(exchange, socket, head).catch((err: unknown) => {
      exchange.log.error({ err }, 'a handshake failed outside of all stages');
      socket.destroy();
    });
  });
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

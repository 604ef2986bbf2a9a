import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { handleProtocols } from 'graphql-ws';
import { WebSocketServer } from 'ws';
import { CodedError } from '../lib/coded-error.ts';
import { CLOSE_CODES } from './close-code.ts';
import { errorReply } from './error-reply.ts';
import type { Exchange } from './exchange.ts';
import { serveSocket, type SocketServing } from './serve-socket.ts';

export interface SocketServerOptions extends SocketServing {
  /** Longest message, in bytes. */
  maxMessageBytes: number;
  /** Aborted when this node drains. */
  draining: AbortSignal;
}

/** Connections open at once. */
const MAX_SOCKETS = 10_000;

/** How often the other end is asked whether it is still there, in milliseconds. One that did not answer is cut. */
const HEARTBEAT_MS = 15_000;

/** How long a client that is sent elsewhere may take to leave, in milliseconds. */
const LEAVE_MS = 1_000;

/** Takes handshakes and serves the WebSockets that come of them. */
export function createSocketServer({ maxMessageBytes, draining, ...serving }: SocketServerOptions) {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: maxMessageBytes,
    // Memory per connection, and time per message, for messages that are small.
    perMessageDeflate: false,
    handleProtocols: (protocols) => handleProtocols(protocols),
  });
  const answered = new WeakSet<object>();
  let heartbeat: NodeJS.Timeout | undefined;

  const beat = (): void => {
    for (const socket of server.clients) {
      if (answered.delete(socket)) socket.ping();
      else socket.terminate();
    }
    if (server.clients.size > 0) return;
    clearInterval(heartbeat);
    heartbeat = undefined;
  };

  draining.addEventListener('abort', () => {
    for (const socket of server.clients) socket.close(CLOSE_CODES.restart, 'TENANT_UNAVAILABLE');
    setTimeout(() => {
      for (const socket of server.clients) socket.terminate();
    }, LEAVE_MS).unref();
  });

  /** Lets the handshake through the stages; what they refuse is answered as a request would be. */
  return async (exchange: Exchange, stream: Duplex, head: Buffer): Promise<void> => {
    exchange.socket = { kind: 'upgrade' };
    // Node takes its own listener off with its parser.
    const onError = (): void => void stream.destroy();
    stream.on('error', onError);
    if (server.clients.size >= MAX_SOCKETS) {
      const tooMany = new CodedError('RATE_LIMITED', 'Too many connections are open.', {
        retryAfterMs: 5_000,
      });
      exchange.reply = errorReply(exchange, tooMany);
    } else await serving.handle(exchange);
    if (exchange.reply?.status !== 101) {
      refuse(exchange, stream);
      return;
    }
    stream.off('error', onError);
    const addRequestId = (headers: string[]): void =>
      void headers.push(`x-request-id: ${exchange.requestId}`);
    server.on('headers', addRequestId);
    server.handleUpgrade(exchange.request as IncomingMessage, stream, head, (socket) => {
      answered.add(socket);
      socket.on('pong', () => answered.add(socket));
      heartbeat ??= setInterval(beat, HEARTBEAT_MS).unref();
      serveSocket(socket, exchange, serving);
    });
    server.off('headers', addRequestId);
  };
}

function refuse({ reply }: Exchange, stream: Duplex): void {
  const { status, headers, body } = reply ?? { status: 500, headers: {}, body: undefined };
  // A page or a file is no answer to a handshake, and none is a stream.
  const text = typeof body === 'string' ? body : '';
  const lines = Object.entries({
    ...headers,
    'content-length': String(Buffer.byteLength(text)),
    connection: 'close',
  }).map(([name, value]) => `${name}: ${value}`);
  stream.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('\r\n')}\r\n\r\n${text}`);
}

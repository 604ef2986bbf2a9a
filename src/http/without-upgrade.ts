import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';

/** True for the handshake of a WebSocket (RFC 6455 section 4.1). */
export function isHandshake({ headers, method }: IncomingMessage): boolean {
  return method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket';
}

/**
 * Serves a request as if it had not offered to change the protocol, which a server may (RFC 9110 section 7.8): Java's
 * client offers HTTP/2 with every first request. Node hands over all such requests once it serves one kind, and has
 * taken its parser off by then, so the request goes through a new one, without the offer.
 */
export function serveWithoutUpgrade(
  server: Server,
  { method, url, httpVersion, rawHeaders }: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): void {
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const [name = '', value = ''] = rawHeaders.slice(index, index + 2);
    if (!/^(upgrade|connection|http2-settings)$/i.test(name)) lines.push(`${name}: ${value}`);
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
  server.emit('connection', socket);
}

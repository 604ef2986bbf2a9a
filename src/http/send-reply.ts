import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Exchange, Reply } from './exchange.ts';

/** Longest a caller may leave what is sent to it unread, in milliseconds. A stream that is quiet sends pings. */
const UNREAD_MS = 60_000;

/** How long a reply is and how it is framed is said here, whatever an engine or a module has in mind for its own. */
const FRAMING: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding', 'connection']);

const NOTHING: Reply = { status: 404, headers: {}, body: undefined };

/** Writes a reply as the response; of a stream as fast as it is read. Settles when all of it is written. */
export async function sendReply(
  { reply = NOTHING }: Exchange,
  request: IncomingMessage,
  response: ServerResponse,
  isLast: boolean,
): Promise<void> {
  const { status, body, cookies } = reply;
  const headers: OutgoingHttpHeaders = {};
  for (const [name, value] of Object.entries(reply.headers)) {
    if (!FRAMING.has(name.toLowerCase())) headers[name] = value;
  }
  if (cookies !== undefined && cookies.length > 0) headers['set-cookie'] = cookies;
  if (isLast) headers.connection = 'close';
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) {
    if (response.destroyed) return;
    // RFC 9110 section 8.6: a 204 has no length.
    if (status !== 204) headers['content-length'] = String(body === undefined ? 0 : Buffer.byteLength(body));
    response.writeHead(status, headers);
    response.end(request.method === 'HEAD' ? undefined : body);
    return;
  }
  const source = Readable.from(body, { objectMode: false });
  if (response.destroyed || request.method === 'HEAD') {
    source.destroy();
    response.destroy();
    return;
  }
  response.writeHead(status, headers);
  response.setTimeout(UNREAD_MS, () => response.destroy());
  // The caller hung up, or was cut: both are how a stream ends.
  await pipeline(source, response).catch(() => undefined);
}

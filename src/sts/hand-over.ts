import { IncomingMessage, type IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** A request as a provider gets it: read, and with nothing in it that the caller could pretend about its address. */
export interface StsRequest {
  method: string;
  /** Path below the issuer, and query. */
  target: string;
  headers: IncomingHttpHeaders;
  body: Buffer | undefined;
  /** Of the caller, behind as many proxies as are trusted. */
  address: string;
}

export interface StsReply {
  status: number;
  headers: Record<string, string>;
  cookies: string[];
  body: string | Buffer | undefined;
}

/** A listener like those of `node:http`. */
export type Listener = (request: IncomingMessage, response: ServerResponse) => unknown;

/**
 * Lets a listener of `node:http` answer a request whose body was read already, under the limits of our own stages.
 *
 * @param issuer - what the listener takes for the address it was asked at, whatever Host header or alias came.
 */
export async function handOver(
  listener: Listener,
  issuer: URL,
  { method, target, headers, body, address }: StsRequest,
): Promise<StsReply> {
  // Only what is asked of a socket: who is there, and whether what it carries is encrypted.
  const socket = { remoteAddress: address, encrypted: issuer.protocol === 'https:', readable: false };
  const request = new IncomingMessage(socket as unknown as Socket);
  const { 'x-forwarded-host': _host, 'x-forwarded-proto': _proto, 'x-forwarded-for': _for, ...own } = headers;
  Object.assign(request, {
    method,
    url: target,
    originalUrl: `${issuer.pathname}${target}`,
    headers: {
      ...own,
      host: issuer.host,
      ...(body === undefined ? {} : { 'content-length': String(body.length) }),
    },
    complete: true,
  });
  if (body !== undefined) request.push(body);
  request.push(null);
  const response = new ServerResponse(request);
  return new Promise((resolve, reject) => {
    response.end = (chunk?: unknown) => {
      const { 'set-cookie': cookies = [], ...rest } = response.getHeaders();
      resolve({
        status: response.statusCode,
        headers: Object.fromEntries(
          Object.entries(rest)
            .filter(([name]) => name !== 'content-length' && name !== 'transfer-encoding')
            .map(([name, value]) => [name, String(value)]),
        ),
        cookies: [cookies].flat().map(String),
        body: typeof chunk === 'string' || Buffer.isBuffer(chunk) ? chunk : undefined,
      });
      return response;
    };
    Promise.resolve(listener(request, response)).catch(reject);
  });
}

import { type IncomingHttpHeaders, type IncomingMessage, ServerResponse } from 'node:http';

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
export function handOver(listener: Listener, issuer: URL, asked: StsRequest): Promise<StsReply> {
  const request = new ReadRequest(issuer, asked) as unknown as IncomingMessage;
  const response = new ServerResponse(request);
  return new Promise((resolve, reject) => {
    response.end = (chunk?: unknown) => {
      const { 'set-cookie': cookies = [], ...named } = response.getHeaders();
      const headers: Record<string, string> = {};
      for (const [name, value] of Object.entries(named)) headers[name] = String(value);
      resolve({
        status: response.statusCode,
        headers,
        cookies: [cookies].flat().map(String),
        body: typeof chunk === 'string' || Buffer.isBuffer(chunk) ? chunk : undefined,
      });
      return response;
    };
    Promise.resolve(listener(request, response)).catch(reject);
  });
}

/**
 * As much of an `IncomingMessage` as Koa and the provider look at. A real one, with a stream to read the body from
 * once more, made a token a seventh slower.
 */
class ReadRequest {
  readonly httpVersion = '1.1';
  readonly httpVersionMajor = 1;
  readonly httpVersionMinor = 1;
  readonly complete = true;
  readonly readable = true;
  readonly readableEncoding = null;
  readonly method: string;
  readonly url: string;
  readonly originalUrl: string;
  readonly headers: IncomingHttpHeaders;
  /** Only what is asked of a socket: who is there, and whether what it carries is encrypted. */
  readonly socket: { remoteAddress: string; encrypted: boolean };
  readonly #body: Buffer | undefined;

  constructor(issuer: URL, { method, target, headers, body, address }: StsRequest) {
    this.method = method;
    this.url = target;
    this.originalUrl = issuer.pathname + target;
    this.socket = { remoteAddress: address, encrypted: issuer.protocol === 'https:' };
    const {
      'x-forwarded-host': _host,
      'x-forwarded-proto': _proto,
      'x-forwarded-for': _for,
      ...own
    } = headers;
    this.headers = { ...own, host: issuer.host };
    if (body !== undefined) this.headers['content-length'] = String(body.length);
    this.#body = body;
  }

  /** The body; a stream has it in chunks. */
  iterator(): Iterable<Buffer> {
    return this.#body === undefined ? [] : [this.#body];
  }
}

import { once } from 'node:events';
import { type IncomingMessage, request as httpRequest } from 'node:http';
import type { GraphQLReply, GraphQLRequest } from '../../support/request.ts';

/** A subscription by server-sent events, as it comes over the wire. */
export interface Listener extends Disposable {
  readonly status: number;
  readonly headers: GraphQLReply['headers'];
  /** All it was sent so far, but for the pings. */
  text(): string;
  /** Results so far. */
  count(): number;
}

/** Subscribes; settles when the answer begins, which is when no event can be missed any more. */
export async function listen({
  port,
  path = '/graphql',
  host,
  token,
  query,
  variables,
}: GraphQLRequest): Promise<Listener> {
  const request = httpRequest({
    host: '127.0.0.1',
    port,
    path,
    method: 'POST',
    agent: false,
    headers: {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      ...(host === undefined ? {} : { host }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
  });
  request.end(JSON.stringify({ query, variables }));
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  // Whoever hangs up hears that the other side is gone.
  for (const side of [request, response]) side.on('error', () => undefined);
  let sent = '';
  response.setEncoding('utf8').on('data', (chunk: string) => (sent += chunk));
  const text = () => sent.replace(/^:.*\n+/gm, '');
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    text,
    count: () => text().match(/^event: next$/gm)?.length ?? 0,
    [Symbol.dispose]: () => void request.destroy(),
  };
}

import { type Client, createClient as createSseClient } from 'graphql-sse';
import { type Client as SocketClient, createClient as createSocketClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { eventually } from './eventually.ts';

/** What a subscriber has been sent so far. */
export interface Subscriber extends Disposable {
  results: Result[];
  /** Set when the server ended the stream. */
  isOver: boolean;
  /** Why the client gave up, when it did. */
  error: unknown;
  /** The first result that a test waits for. */
  until(is: (result: Result) => boolean, withinMs?: number): Promise<Result>;
  untilOver(withinMs?: number): Promise<void>;
  /** Everything the server said, however it said it. */
  told(): Promise<string>;
}

export interface Result {
  data?: Record<string, unknown> | null;
  errors?: readonly { message: string; extensions: { code: string } & Record<string, unknown> }[];
}

export interface Subscription {
  port: number;
  path?: string;
  token?: string | undefined;
  query: string;
  variables?: Record<string, unknown>;
}

/** Subscribes by server-sent events, with the client that people use. */
export function subscribeBySse(options: Subscription): Subscriber {
  const { port, path = '/graphql', token, query, variables } = options;
  const client: Client = createSseClient({
    url: `http://127.0.0.1:${port}${path}`,
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    retryAttempts: 0,
  });
  return collect((sink) => client.subscribe({ query, ...(variables && { variables }) }, sink as never));
}

/** Subscribes over a WebSocket of its own, with the client that people use; the token comes in its first message. */
export function subscribeBySocket(options: Subscription): Subscriber {
  const { token, query, variables } = options;
  const client = socketClient(options, token === undefined ? {} : { authorization: `Bearer ${token}` });
  return collect((sink) => client.subscribe({ query, ...(variables && { variables }) }, sink as never));
}

export function socketClient(
  { port, path = '/graphql' }: Pick<Subscription, 'port' | 'path'>,
  connectionParams: Record<string, unknown>,
  headers: Record<string, string> = {},
): SocketClient {
  return createSocketClient({
    url: `ws://127.0.0.1:${port}${path}`,
    webSocketImpl: class extends WebSocket {
      constructor(address: string, protocols: string[]) {
        super(address, protocols, { headers });
      }
    },
    connectionParams,
    retryAttempts: 0,
  });
}

interface Sink {
  next(result: Result): void;
  error(error: unknown): void;
  complete(): void;
}

/** Keeps what a client's sink is told. */
export function collect(subscribe: (sink: Sink) => () => void): Subscriber {
  const subscriber: Subscriber = {
    results: [],
    isOver: false,
    error: undefined,
    until: (is, withinMs) =>
      eventually(() => {
        const found = subscriber.results.find(is);
        if (found === undefined) throw new Error(`not among ${JSON.stringify(subscriber.results)}`);
        return found;
      }, withinMs),
    untilOver: (withinMs) =>
      eventually(() => {
        if (!subscriber.isOver) throw new Error(`still open after ${JSON.stringify(subscriber.results)}`);
      }, withinMs),
    async told() {
      const { response, ...error } = (subscriber.error ?? {}) as { response?: Response };
      return JSON.stringify([subscriber.results, error, (await response?.clone().text()) ?? '']);
    },
    [Symbol.dispose]: () => stop(),
  };
  const stop = subscribe({
    next: (result) => void subscriber.results.push(result),
    error: (error) => {
      subscriber.error = error;
      subscriber.isOver = true;
    },
    complete: () => (subscriber.isOver = true),
  });
  return subscriber;
}

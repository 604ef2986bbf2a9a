import type { GraphQLSchema } from 'graphql';
import type { TenantContext } from '../graphql/context.ts';
import type { EngineContext } from '../graphql/engine-request.ts';
import type { EventStream } from '../graphql/event-stream.ts';
import { CodedError } from '../lib/coded-error.ts';
import type { Exchange } from './exchange.ts';

/** How long a caller may take to read how its stream ended before its connection is cut, in milliseconds. */
const FAREWELL_MS = 5_000;

/** Lets an exchange through the stages that decide whether its caller is served, then runs `work` in its scope. */
export type Admit = (exchange: Exchange, work: (exchange: Exchange) => Promise<void>) => Promise<void>;

export interface OpenStreamOptions {
  /** The request that opened the stream. */
  opening: Exchange;
  admit: Admit;
  /** Lets the streams of a tenant work a few at once. What waits has not begun: no deadline runs for it. */
  turn<T>(work: () => Promise<T>): Promise<T>;
  contextOf(exchange: Exchange): EngineContext & TenantContext;
  /** @throws when the operation cannot be served with this schema. */
  stillFits(schema: GraphQLSchema): void;
  onEvent(): void;
  onClose(): void;
}

/** A subscription under way. It keeps no scope: each event, and each look at whether it may go on, opens one. */
export class OpenStream implements EventStream {
  /** Settles when nothing more will be sent. */
  readonly closed: Promise<void>;
  /** Events sent so far. */
  eventCount = 0;
  readonly #options: OpenStreamOptions;
  readonly #abort = new AbortController();
  #markClosed = (): void => undefined;
  #recheck: 'none' | 'running' | 'again' = 'none';

  constructor(options: OpenStreamOptions) {
    this.#options = options;
    this.closed = new Promise((resolve) => (this.#markClosed = resolve));
    options.opening.abort.onAbort((reason) => {
      this.end(reason as Error);
      this.close();
    });
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** In milliseconds since the epoch; undefined for an anonymous caller. */
  get expiresAtMs(): number | undefined {
    return this.#options.opening.claim?.expiresAtMs;
  }

  end(reason: Error): void {
    if (this.signal.aborted) return;
    this.#abort.abort(reason);
    setTimeout(() => {
      this.#options.opening.hangUp();
      this.close();
    }, FAREWELL_MS).unref();
  }

  close(): void {
    this.#abort.abort();
    this.#options.onClose();
    this.#markClosed();
  }

  async perEvent<T>(run: (context: EngineContext & TenantContext) => Promise<T>): Promise<T> {
    let outcome: { value: T } | undefined;
    await this.#admitted(async (exchange) => {
      outcome = { value: await run(this.#options.contextOf(exchange)) };
    });
    if (outcome === undefined) throw new Error('a stage let an event go without running it');
    this.eventCount += 1;
    this.#options.onEvent();
    return outcome.value;
  }

  /** Ends the stream unless its caller would be served now; asked again while it looks, it looks again. */
  async recheck(): Promise<void> {
    if (this.#recheck !== 'none') {
      this.#recheck = 'again';
      return;
    }
    do {
      this.#recheck = 'running';
      if (this.signal.aborted) return;
      await this.#admitted(() => Promise.resolve()).catch((error: Error) => this.end(error));
    } while ((this.#recheck as string) === 'again');
    this.#recheck = 'none';
  }

  /** Everything that was decided about the request that opened the stream is decided anew. */
  #admitted(work: (exchange: Exchange) => Promise<void>): Promise<void> {
    return this.#options.turn(() => this.#admittedNow(work));
  }

  async #admittedNow(work: (exchange: Exchange) => Promise<void>): Promise<void> {
    const { opening, admit, contextOf, stillFits } = this.#options;
    this.signal.throwIfAborted();
    const exchange = opening.again();
    const stop = () => exchange.abort.abort(this.signal.reason);
    this.signal.addEventListener('abort', stop, { once: true });
    try {
      await admit(exchange, async () => {
        if (exchange.tenant?.placement.epoch !== opening.tenant?.placement.epoch) throw moved();
        stillFits(contextOf(exchange).schema);
        await work(exchange);
      });
    } finally {
      this.signal.removeEventListener('abort', stop);
    }
  }
}

/** Where its events come from is not where its data is any more. */
function moved(): CodedError {
  return new CodedError('TENANT_UNAVAILABLE', 'This tenant has moved; reconnect.');
}

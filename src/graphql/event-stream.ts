import type { TenantContext } from './context.ts';
import type { EngineContext } from './engine-request.ts';
import { CodedError } from '../lib/coded-error.ts';

/** The stream of one subscription, as its transport keeps it open. */
export interface EventStream {
  /** Aborted when the stream has to end; its reason is what the caller is told. */
  readonly signal: AbortSignal;
  /** Ends the stream for this reason, in good order if the caller listens. */
  end(reason: Error): void;
  /**
   * Decides anew whether the caller may be served, as at the start of a request, and runs one event in a scope of its
   * own: between events a stream holds none.
   *
   * @throws {CodedError} what a request would be answered now.
   */
  perEvent<T>(run: (context: EngineContext & TenantContext) => Promise<T>): Promise<T>;
  /** Nothing more is sent. */
  close(): void;
}

/** Where the events of a subscription go. */
export interface EventSink<T> {
  push(event: T): void;
  /** Ends the stream, because what would follow cannot be relied on. */
  end(reason: Error): void;
}

/** Events that may wait for a slow reader. */
export const MAX_WAITING = 100;

/**
 * The source of a subscription: what is pushed waits until the caller has read what was before it. One who lets too
 * much pile up is cut.
 *
 * @param connect - called with where events go; answers what disconnects, once no event can be missed any more.
 * @example
 * subscribe: (_root, _args, context) => eventSource(context, ({ push }) => feed.listen(push)),
 */
export async function eventSource<T>(
  { stream }: TenantContext,
  connect: (sink: EventSink<T>) => (() => void) | Promise<() => void>,
): Promise<AsyncIterableIterator<T>> {
  if (stream === undefined) throw new Error('only a subscription has a stream');
  const { signal } = stream;
  const waiting: T[] = [];
  let wake = (): void => undefined;
  const disconnect = await connect({
    push(event) {
      if (signal.aborted) return;
      if (waiting.length >= MAX_WAITING) stream.end(tooSlow());
      else waiting.push(event);
      wake();
    },
    end: (reason) => stream.end(reason),
  });
  const finish = (): void => {
    disconnect();
    waiting.length = 0;
    wake();
  };
  if (signal.aborted) finish();
  else signal.addEventListener('abort', finish, { once: true });
  let isOver = false;
  const source: AsyncIterableIterator<T> = {
    [Symbol.asyncIterator]: () => source,
    async next() {
      if (waiting.length === 0 && !signal.aborted && !isOver)
        await new Promise<void>((resolve) => (wake = resolve));
      signal.throwIfAborted();
      const [event] = waiting.splice(0, 1);
      return isOver || event === undefined ? { done: true, value: undefined } : { done: false, value: event };
    },
    return() {
      isOver = true;
      signal.removeEventListener('abort', finish);
      finish();
      return Promise.resolve({ done: true, value: undefined });
    },
  };
  return source;
}

function tooSlow(): CodedError {
  return new CodedError(
    'LIMIT_EXCEEDED',
    'Events came faster than they were read; read again and reconnect.',
    {
      extensions: { limit: MAX_WAITING },
    },
  );
}

/** What a subscriber is told when the change stream could not go on where it ended. */
export function eventsMissed(): CodedError {
  return new CodedError('TENANT_UNAVAILABLE', 'Events may have been missed; read again and reconnect.');
}

import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { mongo } from 'mongoose';

export interface ChangeFeedOptions<C extends mongo.Document> {
  watch(): mongo.ChangeStream<mongo.Document, C>;
  /** The stream is open: nothing that happens from now on is missed until {@link onDown}. */
  onUp(): void;
  onDown(): void;
  onChange(change: C): void;
  /** Told why the stream ended, unless the feed was closed; it is opened again. */
  onLost(error: unknown): void;
  /** Pause before it is opened again, in milliseconds. */
  reopenMs: number;
}

/** A change stream that is opened again whenever it ends, until it is closed. */
export interface ChangeFeed extends AsyncDisposable {
  /**
   * Opens the stream before anything is followed.
   *
   * @throws when it cannot be opened.
   */
  open(): Promise<void>;
  /** Reads in the background; opens the stream itself unless it is open. */
  follow(): void;
}

interface Opened<C extends mongo.Document> {
  stream: mongo.ChangeStream<mongo.Document, C>;
  /** Under way since the stream was opened. */
  firstRead: Promise<C | null>;
}

export function changeFeed<C extends mongo.Document & { operationType: string }>(
  options: ChangeFeedOptions<C>,
): ChangeFeed {
  let isClosed = false;
  let stream: mongo.ChangeStream<mongo.Document, C> | undefined;
  let opened: Opened<C> | undefined;

  const open = async (): Promise<Opened<C>> => {
    stream = options.watch();
    // The server's first answer brings a token to resume from: nothing after it can be missed. Waiting for the first
    // read to end would take a second, because the server holds it back until something changes.
    const hasAnswered = once(stream, 'resumeTokenChanged');
    const firstRead = stream.tryNext();
    await Promise.race([hasAnswered, firstRead]);
    options.onUp();
    return { stream, firstRead };
  };

  const readAll = async (): Promise<void> => {
    opened ??= await open();
    const { stream: current, firstRead } = opened;
    // Stopped while the stream was opened again: nobody else would close it.
    for (let read = firstRead; !isClosed; read = current.tryNext()) {
      const change = await read;
      if (change !== null) options.onChange(change);
      // Of a stream that has ended every read is an empty one, at once.
      if (current.closed || change?.operationType === 'invalidate') return;
    }
  };

  const followUntilClosed = async (): Promise<void> => {
    while (!isClosed) {
      try {
        await readAll();
      } catch (error) {
        if (!isClosed) options.onLost(error);
      }
      options.onDown();
      opened = undefined;
      await stream?.close().catch(() => undefined);
      if (!isClosed) await sleep(options.reopenMs, undefined, { ref: false });
    }
  };

  return {
    async open() {
      opened = await open();
    },
    follow: () => void followUntilClosed(),
    async [Symbol.asyncDispose]() {
      isClosed = true;
      // Ends the read under way and with it the loop; the server may take most of a second to say so. A stream that is
      // just being opened is left to the loop: closed half-way it would stay open on the server.
      await opened?.stream.close().catch(() => undefined);
    },
  };
}

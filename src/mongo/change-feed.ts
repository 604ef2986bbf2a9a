import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { mongo } from 'mongoose';

export interface ChangeFeedOptions<C extends mongo.Document> {
  /** Opens a stream with these options, which say among others where it goes on. */
  watch(options: mongo.ChangeStreamOptions): mongo.ChangeStream<mongo.Document, C>;
  /**
   * Follows from now on. What happened before was not told: what is believed must be read again. So it is at the first
   * opening, and where the server cannot go on any more from where the stream ended.
   */
  onAnew(): void;
  /** Goes on where it ended: nothing was missed, and what happened meanwhile is about to be told. */
  onResumed(): void;
  /** Nothing is told for the time being. */
  onDown(): void;
  onChange(change: C): void;
  /** Told why the stream ended or could not be opened: once, until it is up again. */
  onLost(error: unknown): void;
  /** Pause before it is opened again, in milliseconds. */
  reopenMs: number;
}

/** A change stream that goes on after whatever ends it, until it is closed. */
export interface ChangeFeed extends AsyncDisposable {
  /** Follows in the background. Settles when the first attempt to open the stream has ended, well or not. */
  follow(): Promise<void>;
}

/** How often the server answers when there is nothing to tell, in milliseconds. */
const ANSWER_MS = 1_000;

/** A stream that is silent for longer than this is lost: its packets are, or its server hangs. In milliseconds. */
const SILENT_MS = 3_000;

/** Reads given up before the stream is tried again only when one of them has ended: they must not take the whole pool. */
const MAX_STUCK = 2;

export function changeFeed<C extends mongo.Document & { operationType: string }>(
  options: ChangeFeedOptions<C>,
): ChangeFeed {
  let isClosed = false;
  let isOpen = false;
  let isLost = false;
  let stream: mongo.ChangeStream<mongo.Document, C> | undefined;
  /** Where to go on; undefined when that is not known. */
  let token: mongo.ResumeToken;
  let reading: Promise<unknown> = Promise.resolve();
  /** Reads that were given up. Each holds a connection until it ends, and the driver has no way to end it. */
  const stuck = new Set<Promise<unknown>>();

  const giveUp = (read: Promise<unknown>): void => {
    const ended: Promise<unknown> = read.catch(() => undefined).then(() => stuck.delete(ended));
    stuck.add(ended);
  };

  /** Opens the stream and answers its first read, which is under way. */
  const open = async (): Promise<{ current: NonNullable<typeof stream>; firstRead: Promise<C | null> }> => {
    const resumeAfter = token === undefined ? {} : { resumeAfter: token };
    const current = options.watch({ maxAwaitTimeMS: ANSWER_MS, ...resumeAfter });
    stream = current;
    // The server's first answer brings a token to resume from: nothing after it can be missed. Waiting for the first
    // read to end would take a second, because the server holds it back until something changes.
    const hasAnswered = once(current, 'resumeTokenChanged');
    const firstRead = (reading = current.tryNext());
    await inTime(Promise.race([hasAnswered, firstRead]));
    isOpen = true;
    isLost = false;
    if (token === undefined) options.onAnew();
    else options.onResumed();
    token = current.resumeToken;
    return { current, firstRead };
  };

  const readAll = async (onOpen: () => void): Promise<void> => {
    const { current, firstRead } = await open();
    onOpen();
    // Stopped while the stream was opened again: nobody else would close it.
    for (let read = firstRead; !isClosed; read = current.tryNext()) {
      reading = read;
      const change = await inTime(read);
      if (change !== null) options.onChange(change);
      if (change?.operationType === 'invalidate') throw new Gone();
      // Of a stream that has ended every read is an empty one, at once.
      if (current.closed) return;
      token = current.resumeToken;
    }
  };

  const followUntilClosed = async (onFirstAttempt: () => void): Promise<void> => {
    while (!isClosed) {
      try {
        await readAll(onFirstAttempt);
      } catch (error) {
        if (!canResume(error)) token = undefined;
        if (error instanceof Silent) giveUp(reading);
        if (!isClosed && !isLost) options.onLost(error);
        isLost = true;
      }
      isOpen = false;
      onFirstAttempt();
      options.onDown();
      // Not awaited: where packets are lost it takes for ever.
      void stream?.close().catch(() => undefined);
      if (!isClosed) await sleep(options.reopenMs, undefined, { ref: false });
      if (stuck.size >= MAX_STUCK) await Promise.race(stuck);
    }
  };

  return {
    follow: () => new Promise((resolve) => void followUntilClosed(resolve)),
    async [Symbol.asyncDispose]() {
      isClosed = true;
      // Ends the read under way and with it the loop; the server may take most of a second to say so. A stream that is
      // just being opened is left to the loop: closed half-way it would stay open on the server.
      if (isOpen && stream !== undefined) await inTime(stream.close()).catch(() => undefined);
    },
  };
}

class Silent extends Error {
  override readonly message = `the change stream is silent for ${SILENT_MS} ms`;
}

/** What was watched was dropped or renamed; the server goes on from nowhere then. */
class Gone extends Error {
  override readonly message = 'what the change stream follows is gone';
}

/**
 * False when the server refused rather than failed: it lost its history, for one (`ChangeStreamHistoryLost`). To start
 * anew where going on was possible costs a look at what was missed; the other way round it would be missed for ever.
 */
function canResume(error: unknown): boolean {
  if (error instanceof Gone) return false;
  return !(error instanceof mongo.MongoServerError) || error.hasErrorLabel('ResumableChangeStreamError');
}

async function inTime<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Silent()), SILENT_MS).unref();
  });
  try {
    return await Promise.race([answer, silence]);
  } finally {
    clearTimeout(timer);
  }
}

export interface ProcessEndOptions {
  /** Closes everything the process owns. */
  close(): Promise<void>;
  say(line: string): void;
}

/** A terminal and npm both pass one Ctrl-C on; what comes sooner than this, in milliseconds, is not a second one. */
const SAME_KEYSTROKE_MS = 1_000;

/**
 * Ends the process in good order on Ctrl-C and SIGTERM; a second Ctrl-C ends it at once. What nobody caught is a
 * fault that leaves the process in an unknown state: it is told and ends the process in the same order.
 */
export function endProcess({ close, say }: ProcessEndOptions): void {
  let endingSinceMs: number | undefined;
  const end = (code: number): void => {
    const nowMs = performance.now();
    if (endingSinceMs !== undefined) {
      if (nowMs - endingSinceMs > SAME_KEYSTROKE_MS) process.exit(code);
      return;
    }
    endingSinceMs = nowMs;
    close().then(
      () => process.exit(code),
      (error: unknown) => {
        say(`stopping failed: ${error instanceof Error ? error.message : String(error)}`);
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', () => {
    if (endingSinceMs === undefined) say('Stopping; press Ctrl-C again to stop at once.');
    end(0);
  });
  process.on('SIGTERM', () => end(0));
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => {
      say(`${event}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      end(1);
    });
  }
}

import { setMaxListeners } from 'node:events';

/**
 * Ends a piece of work, once. Like an `AbortController`, but a signal is made only where somebody takes nothing else:
 * with its listeners it takes longer than all stages of a small request.
 *
 * @example
 * const stop = abort.onAbort((reason) => queue.refuse(reason));
 */
export class Abort {
  #ended: { reason: unknown } | undefined;
  #controller: AbortController | undefined;
  #listeners: Set<(reason: unknown) => void> | undefined;

  get isAborted(): boolean {
    return this.#ended !== undefined;
  }

  /** Undefined before the end. */
  get reason(): unknown {
    return this.#ended?.reason;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      // Every command in flight listens; one document may have many, and Node takes more than ten for a leak.
      setMaxListeners(0, this.#controller.signal);
      if (this.#ended !== undefined) this.#controller.abort(this.#ended.reason);
    }
    return this.#controller.signal;
  }

  /** @throws the reason, after the end. */
  throwIfAborted(): void {
    // As an AbortSignal does: whoever ends the work says with what.
    if (this.#ended !== undefined) throw this.#ended.reason;
  }

  abort(reason: unknown): void {
    if (this.#ended !== undefined) return;
    this.#ended = { reason };
    this.#controller?.abort(reason);
    // One that is removed meanwhile is told no more, which a set sees to.
    for (const listener of this.#listeners ?? []) listener(reason);
  }

  /**
   * Tells of the end; never before it has returned, also when the end has come already.
   *
   * @returns what stops it.
   */
  onAbort(listener: (reason: unknown) => void): () => void {
    if (this.#ended !== undefined) {
      const { reason } = this.#ended;
      let isListening = true;
      queueMicrotask(() => isListening && listener(reason));
      return () => void (isListening = false);
    }
    const listeners = (this.#listeners ??= new Set());
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }
}

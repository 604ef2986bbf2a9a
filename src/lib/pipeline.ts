/** One stage of a pipeline: works on what passes through, and lets the later ones run by calling `next`. */
export type PipelineStage<E> = (exchange: E, next: () => Promise<void>) => Promise<void>;

/**
 * Puts stages in order, each around those after it; `last` stands behind all of them. What a stage throws, its promise
 * rejects with, so that `next()` never throws.
 */
export function pipeline<E>(
  stages: readonly PipelineStage<E>[],
): (exchange: E, last?: () => Promise<void>) => Promise<void> {
  return (exchange, last = () => Promise.resolve()) => {
    const run = (index: number): Promise<void> => {
      try {
        return stages[index]?.(exchange, () => run(index + 1)) ?? last();
      } catch (error) {
        return Promise.reject(error as Error);
      }
    };
    return run(0);
  };
}

/** A stage for some exchanges. The others pass by at once: an async function takes three turns to let one go. */
export function when<E>(isConcerned: (exchange: E) => boolean, stage: PipelineStage<E>): PipelineStage<E> {
  return (exchange, next) => (isConcerned(exchange) ? stage(exchange, next) : next());
}

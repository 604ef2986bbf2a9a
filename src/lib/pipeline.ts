/** One stage of a pipeline: works on what passes through, and lets the later ones run by calling `next`. */
export type PipelineStage<E> = (exchange: E, next: () => Promise<void>) => Promise<void>;

/** Puts stages in order, each around those after it; `last` stands behind all of them. */
export function pipeline<E>(
  stages: readonly PipelineStage<E>[],
): (exchange: E, last?: () => Promise<void>) => Promise<void> {
  return (exchange, last = () => Promise.resolve()) => {
    const run = (index: number): Promise<void> => stages[index]?.(exchange, () => run(index + 1)) ?? last();
    return run(0);
  };
}

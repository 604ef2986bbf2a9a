import type { Exchange } from './exchange.ts';

/** One stage of the pipeline: works on the exchange, and lets the later ones run by calling `next`. */
export type Stage = (exchange: Exchange, next: () => Promise<void>) => Promise<void>;

/** Runs stages in order, each around those after it. */
export function pipeline(stages: readonly Stage[]): (exchange: Exchange) => Promise<void> {
  return (exchange) => {
    const run = (index: number): Promise<void> =>
      stages[index]?.(exchange, () => run(index + 1)) ?? Promise.resolve();
    return run(0);
  };
}

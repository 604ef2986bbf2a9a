import { setTimeout as sleep } from 'node:timers/promises';

/** Collections in a row that must free nothing before the heap counts as clean. */
const STEADY = 3;

/** How much one collection may free and still count as nothing, in bytes. */
const NOISE_BYTES = 4_096;

/** The heap in use once nothing more can be collected, in bytes. Needs `--expose-gc`. */
export async function heapBytes(): Promise<number> {
  const { gc } = globalThis as { gc?: () => void };
  if (gc === undefined) throw new Error('run with --expose-gc');
  let least = Infinity;
  for (let steady = 0; steady < STEADY;) {
    // Weak references and finalizers are cleared between collections, in turns of the event loop.
    await sleep(20);
    gc();
    const { heapUsed } = process.memoryUsage();
    steady = heapUsed > least - NOISE_BYTES ? steady + 1 : 0;
    least = Math.min(least, heapUsed);
  }
  return least;
}

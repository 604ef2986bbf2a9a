import { setImmediate } from 'node:timers/promises';

/** Does what keeps the processor busy only once all that was begun before it has been sent on its way. */
export async function meanwhile<R>(work: () => R | Promise<R>): Promise<R> {
  await setImmediate();
  return work();
}

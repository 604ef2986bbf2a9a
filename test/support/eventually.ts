import { setTimeout as sleep } from 'node:timers/promises';

/** Asks again and again until an answer is there; fails with the last refusal when it never comes. */
export async function eventually<T>(ask: () => T | Promise<T>, withinMs = 10_000): Promise<T> {
  for (const until = Date.now() + withinMs; ;) {
    try {
      return await ask();
    } catch (error) {
      if (Date.now() > until) throw error;
      await sleep(20);
    }
  }
}

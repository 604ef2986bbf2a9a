import { setTimeout as sleep } from 'node:timers/promises';

/** For what is promised within a second, in milliseconds: two more are left to a busy machine. */
export const WITHIN_A_SECOND_MS = 3_000;

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

import { deadlineExceeded } from '../lib/deadline.ts';
import type { Stage } from './stage.ts';

/** How long after the deadline a request that ignores its signal is given up, in milliseconds. */
const GRACE_MS = 500;

/** Aborts everything a request has under way when its time is up. */
export function useDeadline(deadlineMs: number): Stage {
  return async ({ abort }, next) => {
    let giveUp: NodeJS.Timeout | undefined;
    const timer = setTimeout(() => abort.abort(deadlineExceeded()), deadlineMs);
    const late = new Promise<never>((_resolve, reject) => {
      giveUp = setTimeout(() => reject(deadlineExceeded()), deadlineMs + GRACE_MS);
    });
    try {
      await Promise.race([next(), late]);
    } finally {
      clearTimeout(timer);
      clearTimeout(giveUp);
    }
  };
}

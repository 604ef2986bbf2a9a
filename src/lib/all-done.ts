/**
 * Waits for all of the work, then throws what failed first in its order: nothing is left under way behind the back of
 * whoever cleans up after a failure.
 */
export async function allDone(work: readonly Promise<unknown>[]): Promise<void> {
  const failed = (await Promise.allSettled(work)).find(({ status }) => status === 'rejected');
  if (failed !== undefined) throw (failed as PromiseRejectedResult).reason;
}

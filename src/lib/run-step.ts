/**
 * Runs one step of work that another process has to be able to carry on after the death of this one.
 *
 * @param name - unique over all kinds of work, like `delete-drop`.
 */
export type RunStep = <R>(name: string, run: () => Promise<R>) => Promise<R>;

/**
 * Makes a runner whose process dies at boundaries of steps, as by `kill -9`: nothing gets the chance to clean up. That
 * every boundary is survived is what tests prove with it.
 *
 * @param crashPoint - boundaries, `before:<step>` or `after:<step>`, separated by commas. The work that comes to one of
 * them stops there, and once all have been come to the process dies; one named twice stops two pieces of work.
 * Undefined: steps just run.
 */
export function stepRunner(crashPoint: string | undefined): RunStep {
  const awaited = crashPoint?.split(',') ?? [];
  const pass = async (boundary: string): Promise<void> => {
    const index = awaited.indexOf(boundary);
    if (index < 0) return;
    awaited.splice(index, 1);
    if (awaited.length === 0) process.kill(process.pid, 'SIGKILL');
    await new Promise(() => undefined);
  };
  return async (name, run) => {
    await pass(`before:${name}`);
    const result = await run();
    await pass(`after:${name}`);
    return result;
  };
}

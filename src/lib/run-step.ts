/**
 * Runs one step of work that another process has to be able to carry on after the death of this one.
 *
 * @param name - unique over all kinds of work, like `delete-drop`.
 */
export type RunStep = <R>(name: string, run: () => Promise<R>) => Promise<R>;

/**
 * Makes a runner whose process dies at one boundary, as by `kill -9`: nothing gets the chance to clean up. That every
 * boundary is survived is what tests prove with it.
 *
 * @param crashPoint - `before:<step>` or `after:<step>`; undefined: steps just run.
 */
export function stepRunner(crashPoint: string | undefined): RunStep {
  const pass = (boundary: string): void => {
    if (boundary === crashPoint) process.kill(process.pid, 'SIGKILL');
  };
  return async (name, run) => {
    pass(`before:${name}`);
    const result = await run();
    pass(`after:${name}`);
    return result;
  };
}

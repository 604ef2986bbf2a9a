import { barProgress, type Progress } from '../../src/demo/seed-progress.ts';

/** A bar on a terminal, else nothing: a result is all a script wants to read. */
export function progressBar(label: string): Progress {
  return process.stderr.isTTY ? barProgress(label) : { update: () => undefined, stop: () => undefined };
}

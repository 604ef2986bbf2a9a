import { Presets, SingleBar } from 'cli-progress';

/** Told how far something is, and that it is over, one way or the other. */
export interface Progress {
  update(done: number, total: number): void;
  stop(): void;
}

/** Share of the whole between two plain lines. */
const STEP = 0.25;

/** A bar where a person watches; where the output goes to a file, a line each quarter. */
export function seedProgress(label: string, say: (line: string) => void): Progress {
  return process.stderr.isTTY ? barProgress(label) : lineProgress(label, say);
}

export function barProgress(label: string): Progress {
  const bar = new SingleBar(
    { format: `${label} {bar} {percentage} % {value}/{total}`, hideCursor: true, clearOnComplete: true },
    Presets.shades_classic,
  );
  let isStarted = false;
  return {
    update(done, total) {
      if (!isStarted) bar.start(total, done);
      isStarted = true;
      bar.update(done);
    },
    stop: () => bar.stop(),
  };
}

function lineProgress(label: string, say: (line: string) => void): Progress {
  let told = 0;
  return {
    update(done, total) {
      if (total === 0 || done / total < told + STEP) return;
      told = Math.floor(done / total / STEP) * STEP;
      say(`${label}: ${done} of ${total}`);
    },
    stop: () => undefined,
  };
}

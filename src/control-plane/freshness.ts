/**
 * Longest a node goes on writing after it last heard from the control database, in milliseconds. Whoever moves a
 * tenant's data waits for it, so that no node writes to the old place any more (docs/decisions/0022).
 */
export const STALENESS_BOUND_MS = 5_000;

/**
 * From when nothing is written any more to a tenant that went out of service: a node that is cut off may begin a write
 * until the bound, and that write lives as long as its request.
 */
export function lateWritesEnd(outOfService: Date, requestDeadlineMs: number): Date {
  return new Date(outOfService.getTime() + STALENESS_BOUND_MS + requestDeadlineMs);
}

/** A sign of life this node has sent to the control database. */
export interface Beat {
  /** When it was sent, in milliseconds: by the clock that only runs on, and by the one that is set. */
  monotonicMs: number;
  wallMs: number;
  /** When it was written, by the clock of the database. */
  at: Date;
}

/** A beat a majority has. */
export interface AnsweredBeat extends Beat {
  /** When the answer came, by the clock that only runs on, in milliseconds. */
  answeredMonotonicMs: number;
}

/**
 * How much this node knows of the control database: everything that was committed there before a certain beat was
 * sent. Only this process's own clock counts, so clocks that disagree do no harm.
 */
export class Freshness {
  #proof: Beat | undefined;

  /** Everything that was committed before this beat was sent is known here now. */
  prove(beat: Beat): void {
    if (this.#proof === undefined || beat.monotonicMs > this.#proof.monotonicMs) this.#proof = beat;
  }

  /** The newest beat of that kind. */
  get proof(): Beat | undefined {
    return this.#proof;
  }

  /** What happened longer ago than this is known. */
  get stalenessMs(): number {
    if (this.#proof === undefined) return Infinity;
    const { monotonicMs, wallMs } = this.#proof;
    // The first clock stands still while a machine sleeps; the second can be set back.
    return Math.max(performance.now() - monotonicMs, Date.now() - wallMs);
  }

  get isFresh(): boolean {
    return this.stalenessMs <= STALENESS_BOUND_MS;
  }
}

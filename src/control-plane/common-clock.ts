import { CLOCK_TOLERANCE_SECONDS } from '../auth/verify-jwt.ts';
import { type Clock, systemClock } from '../lib/clock.ts';
import type { AnsweredBeat } from './freshness.ts';

/**
 * How far the clock of a node may be from the control database's, in milliseconds. Two nodes within it are never
 * further apart than what is tolerated of the dates in a token (docs/decisions/0040).
 */
export const MAX_CLOCK_OFFSET_MS = (CLOCK_TOLERANCE_SECONDS * 1_000) / 2;

/** How long a reading counts more than a later one that took longer, in milliseconds; clocks drift apart by then. */
const KEPT_MS = 30_000;

interface Reading {
  /** The database's clock showed `at` at this time, give or take `uncertaintyMs`. */
  monotonicMs: number;
  at: number;
  uncertaintyMs: number;
}

/**
 * The clock all nodes share: the control database's, read with each beat and carried on by the clock of this process
 * that nobody sets. So a node notices in the very moment that its own clock is set wrong.
 */
export class CommonClock {
  readonly #wall: Clock;
  readonly #monotonic: Clock;
  #reading: Reading | undefined;

  constructor({ wall = systemClock, monotonic = () => performance.now() } = {}) {
    this.#wall = wall;
    this.#monotonic = monotonic;
  }

  /** The database has dated this beat somewhere between its being sent and answered. */
  read({ at, monotonicMs, answeredMonotonicMs }: AnsweredBeat): void {
    const uncertaintyMs = (answeredMonotonicMs - monotonicMs) / 2;
    const reading = { at: at.getTime(), monotonicMs: monotonicMs + uncertaintyMs, uncertaintyMs };
    if (this.#reading === undefined || !isBetter(this.#reading, reading)) this.#reading = reading;
  }

  /** The time nodes agree on, in milliseconds since the epoch; this node's own before the first beat. */
  readonly now: Clock = () => {
    if (this.#reading === undefined) return this.#wall();
    return this.#reading.at + this.#monotonic() - this.#reading.monotonicMs;
  };

  /** How far the clock of this node is ahead, in milliseconds. */
  get offsetMs(): number {
    return this.#wall() - this.now();
  }

  /** False while this node's clock is surely too far off; a slow answer proves nothing. */
  get isInTime(): boolean {
    return Math.abs(this.offsetMs) - (this.#reading?.uncertaintyMs ?? 0) <= MAX_CLOCK_OFFSET_MS;
  }
}

/** A slow answer tells less than what is known from a moment ago, unless it shows that not to be true any more. */
function isBetter(known: Reading, reading: Reading): boolean {
  const ageMs = reading.monotonicMs - known.monotonicMs;
  if (known.uncertaintyMs >= reading.uncertaintyMs || ageMs > KEPT_MS) return false;
  // They differ when the machine slept in between, or the database's clock was set.
  return Math.abs(known.at + ageMs - reading.at) <= known.uncertaintyMs + reading.uncertaintyMs;
}

import type { Fleet } from './fleet.ts';
import type { BenchServer } from './server.ts';
import type { Spread } from './spread.ts';

/** Something that was measured, with what it should be. */
export interface Figure {
  name: string;
  unit: string;
  value: Spread;
  /** Absent: told for orientation only. */
  target?: { is: 'at most' | 'at least'; limit: number };
}

/** How much is measured: everything, or just enough to see that it works. */
export interface Effort {
  rounds: number;
  /** Sign-ups of each contender in a round. */
  signUps: number;
  /** Records the directory is made to know. */
  knownTenants: number;
  /** Tenants of the fleet. */
  tenants: number;
  /** Process starts of each contender in a round. */
  starts: number;
  /** Tenants that take turns in the shells, and how long, in milliseconds. */
  rotatingTenants: number;
  rotationMs: number;
  /** How long a contender is loaded in a round, in milliseconds. */
  loadMs: number;
}

export const FULL: Effort = {
  rounds: 5,
  signUps: 40,
  knownTenants: 10_000,
  tenants: 1_000,
  starts: 3,
  rotatingTenants: 10_000,
  rotationMs: 600_000,
  loadMs: 6_000,
};

/** Too short to judge by. */
export const QUICK: Effort = {
  rounds: 2,
  signUps: 10,
  knownTenants: 1_000,
  tenants: 100,
  starts: 2,
  rotatingTenants: 2_000,
  rotationMs: 60_000,
  loadMs: 2_000,
};

export interface BenchContext {
  server: BenchServer;
  effort: Effort;
  /** Registered tenants; registered when the first bench asks for them. */
  fleet(): Promise<Fleet>;
  /** Tells whoever waits what goes on. */
  say(line: string): void;
}

export interface Bench {
  name: string;
  run(context: BenchContext): Promise<Figure[]>;
}

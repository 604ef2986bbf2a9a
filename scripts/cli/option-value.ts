import { InvalidArgumentError } from 'commander';

/** Milliseconds of a unit. */
const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Longest a token made here may live: nothing but its expiry takes it back. */
const MAX_TTL_MS = 30 * 86_400_000;

/** @throws {InvalidArgumentError} which commander answers as wrong use. */
export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

/** A whole number between two others, these included. */
export function between(minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const number = wholeNumber(text);
    if (number >= minimum && number <= maximum) return number;
    throw new InvalidArgumentError(`It must be between ${minimum} and ${maximum}.`);
  };
}

/** `90`, `90s`, `15m`, `1h` or `2d`, in milliseconds. */
export function duration(text: string): number {
  const [, amount, unit = 's'] = /^(\d{1,9})([smhd])?$/.exec(text) ?? [];
  const ms = Number(amount) * (UNITS[unit] ?? Number.NaN);
  if (ms > 0 && ms <= MAX_TTL_MS) return ms;
  throw new InvalidArgumentError('It must be like 90s, 15m, 1h or 2d, and at most 30d.');
}

/** Collects an option that may come several times, with several values each. */
export function words(text: string, previous: readonly string[] = []): string[] {
  return [...previous, ...text.split(/[\s,]+/).filter((word) => word !== '')];
}

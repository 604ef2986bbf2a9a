import { expect } from 'vitest';

/** Fails with one line per violation, under a line that says what the rule is for and what to do. */
export function expectNone(violations: readonly string[], advice: string): void {
  if (violations.length > 0) expect.fail([advice, ...violations.map((line) => `  ${line}`)].join('\n'));
}

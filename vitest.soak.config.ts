import { randomInt } from 'node:crypto';
import { defineConfig } from 'vitest/config';
import base from './vitest.config.ts';

/** Requests of the long mode; and what they are drawn from, told by a run that failed. */
const requests = Number(process.env['SOAK_REQUESTS'] ?? 100_000);
const seed = Number(process.env['SOAK_SEED'] ?? randomInt(2 ** 31));

export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: ['test/isolation/same-ids.test.ts'],
    provide: { soak: { requests, seed, isLong: true } },
  },
});

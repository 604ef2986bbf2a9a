import { randomInt } from 'node:crypto';
import { createRequire } from 'node:module';
import { defineConfig } from 'vitest/config';

/** File that receives the run as JSON; `.ci/run` counts with it. */
const report = process.env['CI_REPORT'];

/** What test/isolation/same-ids.test.ts draws from; a run that failed tells it. */
const seed = Number(process.env['SOAK_SEED'] ?? randomInt(2 ** 31));

export default defineConfig({
  resolve: {
    // Libraries load graphql's CommonJS build. With the ESM build in the tests every schema would be a foreign one.
    alias: [{ find: /^graphql$/, replacement: createRequire(import.meta.url).resolve('graphql') }],
  },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    provide: { soak: { requests: 2_000, seed, isLong: false } },
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // As long as `eventually` waits: a second is too little beside another worker.
    expect: { poll: { timeout: 10_000 } },
    reporters: report ? ['default', ['json', { outputFile: report }]] : ['default'],
  },
});

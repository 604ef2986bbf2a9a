import { inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    mongodbUri: string;
  }
}

/**
 * The connection string of the one server of the test run: a replica set, so transactions and change streams work.
 * Every test file works in databases of its own.
 */
export function mongodbUri(): string {
  return inject('mongodbUri');
}

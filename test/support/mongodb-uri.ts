import { inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    mongodbUri: string;
    secondMongodbUri: string;
  }
}

/**
 * The connection string of the first server of the test run: a replica set, so transactions and change streams work.
 * Every test file works in databases of its own.
 */
export function mongodbUri(): string {
  return inject('mongodbUri');
}

/** The connection string of the second server, just like the first: another cluster, or a tenant's own deployment. */
export function secondMongodbUri(): string {
  return inject('secondMongodbUri');
}

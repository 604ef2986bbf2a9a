/** Tenants a fleet migration works on at once: until somebody says otherwise, and at most. */
export const DEFAULT_PARALLELISM = 4;
export const MAX_PARALLELISM = 64;

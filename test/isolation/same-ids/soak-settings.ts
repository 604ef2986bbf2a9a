import { inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    soak: SoakSettings;
  }
}

/** Given by vitest.config.ts and vitest.soak.config.ts. */
export interface SoakSettings {
  requests: number;
  /** The same seed draws the same operations; told in the name of the test. */
  seed: number;
  /** Whether it tells how far it is. */
  isLong: boolean;
}

export function soakSettings(): SoakSettings {
  return inject('soak');
}

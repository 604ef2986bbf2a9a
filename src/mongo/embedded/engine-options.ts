/** How the server is tuned. */
export interface EngineOptions {
  /** Memory for the storage engine's cache, in GB; 1 when absent, at least 0.25. */
  cacheSizeGB?: number;
  /** Length of the change history in MB when a data directory is made; 1024 when absent. Change streams resume within it. */
  oplogSizeMB?: number;
  /** Whether a majority write waits until it is on disk (decided when a data directory is made); true when absent. */
  isMajorityJournaled?: boolean;
  /** Further `--setParameter` values. */
  parameters?: Readonly<Record<string, string | number | boolean>>;
}

/**
 * For tests: small, and fast because a majority write does not wait for the disk. Data still lasts over a stop.
 *
 * @example
 * await using server = await openEmbeddedServer({ dataDir: tempDir, binary, report, ...TEST_ENGINE });
 */
export const TEST_ENGINE: EngineOptions = { cacheSizeGB: 0.25, oplogSizeMB: 64, isMajorityJournaled: false };

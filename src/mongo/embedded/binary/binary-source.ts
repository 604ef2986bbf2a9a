/**
 * Receives how far a download is; called a few times per second at most.
 *
 * @example
 * const bar: ProgressSink = ({ label, doneBytes, totalBytes }) => draw(label, doneBytes / totalBytes);
 */
export type ProgressSink = (step: {
  /** What is being fetched, for people. */
  label: string;
  /** Bytes received so far. */
  doneBytes: number;
  /** Bytes in all; 0 when the other side did not say. */
  totalBytes: number;
}) => void;

/** What every source may use to look for a mongod. */
export interface BinarySearch {
  /** Value of `MONGOD_BINARY`: a path, or absent. */
  mongodBinary?: string | undefined;
  /** Directory that keeps fetched binaries between runs; made when it is needed. */
  cacheDir: string;
  /** Environment of the child processes (`mongod --version`, `pip`); this process's own when absent. */
  environment?: NodeJS.ProcessEnv | undefined;
  progress?: ProgressSink | undefined;
}

/**
 * One place a mongod can come from.
 *
 * - `found`: a path that was run and is new enough.
 * - `absent`: nothing there, which is normal; told only when no local source has one.
 * - `refused`: something is there but of no use; always told.
 * - `fatal`: the user asked for exactly this one, so nothing else is tried.
 *
 * `line` is one line that says why and what to do.
 */
export type Finding =
  { kind: 'found'; path: string } | { kind: 'absent' | 'refused' | 'fatal'; line: string };

/** Looks in one place; never throws for a reason that a user could act on. */
export type BinarySource = (search: BinarySearch) => Promise<Finding | undefined>;

import type { Module } from '../modules/module.ts';
import type { Change, Watched } from '../mongo/cluster-feed.ts';
import type { Scope } from '../shell/scope.ts';
import { isRevocation, isTokenLive, watchedRevocations } from '../sts/revocations.ts';

/** A collection whose changes can mean that a caller is gone. */
export interface WatchedCallers {
  watched: Watched;
  /** Which changes do; all when absent. */
  doesConcern?(change: Change): boolean;
}

/** Whether the callers of verified tokens still are who they were, and what tells that they are not. */
export function callersOf(modules: readonly Module[]) {
  const asked = [isTokenLive, ...modules.flatMap(({ isCallerLive }) => isCallerLive ?? [])];
  const watched: WatchedCallers[] = modules.flatMap(({ isCallerLive, watched = [] }) =>
    isCallerLive === undefined ? [] : watched.map((each) => ({ watched: each })),
  );
  return {
    isLive: async (scope: Scope): Promise<boolean> =>
      (await Promise.all(asked.map((isLive) => isLive(scope)))).every(Boolean),
    watched: [{ watched: watchedRevocations, doesConcern: isRevocation }, ...watched],
  };
}

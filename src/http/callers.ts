import type { Module } from '../modules/module.ts';
import type { Change, Watched } from '../mongo/cluster-feed.ts';
import type { OptionsFollower, Scope } from '../shell/scope.ts';
import type { OptionLayers } from '../tenancy/option.ts';
import { isRevocation, isTokenLive, watchedRevocations } from '../sts/revocations.ts';

/** A collection whose changes can mean that a caller is gone. */
export interface WatchedCallers {
  watched: Watched;
  /** Which changes do; all when absent. */
  doesConcern?(change: Change): boolean;
}

/** What the modules know of callers. Each is asked, enabled or not: one that is off must not let its callers in. */
export function callersOf(modules: readonly Module[]) {
  const asked = [isTokenLive, ...modules.flatMap(({ isCallerLive }) => isCallerLive ?? [])];
  const watched: WatchedCallers[] = modules.flatMap(({ isCallerLive, watched = [] }) =>
    isCallerLive === undefined ? [] : watched.map((each) => ({ watched: each })),
  );
  const layers = modules.flatMap(({ callerOptions }) => callerOptions ?? []);
  const followed = modules.flatMap(({ followCallerOptions }) => followCallerOptions ?? []);
  return {
    /** False when the caller of a verified token is gone, suspended or revoked. */
    isLive: async (scope: Scope): Promise<boolean> =>
      (await Promise.all(asked.map((isLive) => isLive(scope)))).every(Boolean),
    /** What the application tenant of a confined caller has set for itself. */
    options: async (scope: Scope): Promise<OptionLayers> =>
      (await Promise.all(layers.map((layer) => layer(scope)))).filter((values) => values !== undefined),
    /** Tells when that changes. */
    async followOptions(scope: Scope, follower: OptionsFollower): Promise<() => void> {
      const attempts = await Promise.allSettled(followed.map((follow) => follow(scope, follower)));
      const stops = attempts.flatMap((attempt) => (attempt.status === 'fulfilled' ? attempt.value : []));
      const stop = () => {
        for (const each of stops) each();
      };
      const failed = attempts.find(({ status }) => status === 'rejected');
      if (failed === undefined) return stop;
      stop();
      throw (failed as PromiseRejectedResult).reason;
    },
    /** What tells that a caller may be gone. */
    watched: [{ watched: watchedRevocations, doesConcern: isRevocation }, ...watched],
  };
}

export type Callers = ReturnType<typeof callersOf>;

import { when } from '../lib/pipeline.ts';
import type { Stage } from './stage.ts';

export interface HealthOptions {
  /** Rejects when the control database does not answer. */
  ping(): Promise<void>;
  /** False while this node is out of touch with the control database. */
  isFresh(): boolean;
  /** False while the clock of this node is off. */
  isInTime(): boolean;
  /** True once the process was asked to stop. */
  isDraining(): boolean;
}

/** `/healthz`: the process is alive. `/readyz`: it can serve. */
export function useHealth({ ping, isFresh, isInTime, isDraining }: HealthOptions): Stage {
  return when(
    ({ route }) => route.kind === 'live' || route.kind === 'ready',
    async (exchange) => {
      const isReady =
        exchange.route.kind === 'live' ||
        (!isDraining() &&
          isFresh() &&
          isInTime() &&
          (await ping().then(
            () => true,
            () => false,
          )));
      exchange.reply = {
        status: isReady ? 200 : 503,
        headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
        body: JSON.stringify({ status: isReady ? 'ok' : 'unavailable' }),
      };
    },
  );
}

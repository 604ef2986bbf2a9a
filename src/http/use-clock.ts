import { CodedError } from '../lib/coded-error.ts';
import type { Stage } from './stage.ts';

/** How soon a caller may ask again, in milliseconds; by then a balancer leads it to another node. */
const RETRY_MS = 2_000;

/** Refuses to judge or date anything while this node's clock is off: tokens, links and locks all end by it. */
export function useClock(isInTime: () => boolean): Stage {
  return (_exchange, next) => {
    if (isInTime()) return next();
    throw new CodedError('TENANT_UNAVAILABLE', 'This node is out of service right now; try again shortly.', {
      cause: 'the clock of this node is off',
      retryAfterMs: RETRY_MS,
    });
  };
}

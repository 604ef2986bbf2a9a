import { CodedError } from '../../lib/coded-error.ts';
import { perScope } from '../../shell/per-scope.ts';
import type { Scope } from '../../shell/scope.ts';
import { READ_LIMIT } from './content-limits.ts';

const allowanceOf = perScope(() => ({ left: READ_LIMIT }));

/**
 * Takes from what one operation may read. A document cannot tell how many items its references lead to: three levels
 * of a hundred each are a million, which would keep the process busy for half a minute.
 *
 * @throws {CodedError} LIMIT_EXCEEDED
 */
export function takeItems(scope: Scope, count: number): void {
  const allowance = allowanceOf(scope);
  allowance.left -= count;
  if (allowance.left >= 0) return;
  throw new CodedError('LIMIT_EXCEEDED', `An operation reads at most ${READ_LIMIT} items; ask for less at once.`, {
    extensions: { limit: READ_LIMIT },
  });
}

import { CodedError } from '../../lib/coded-error.ts';
import { perScope } from '../../shell/per-scope.ts';
import type { Scope } from '../../shell/scope.ts';
import type { StoredData, StoredValue } from './content-item.ts';
import { ANSWER_LENGTH_LIMIT, READ_LIMIT } from './content-limits.ts';

/** What one operation may still read and answer. A document cannot tell: it depends on what is stored. */
const allowanceOf = perScope(() => ({ items: READ_LIMIT, length: ANSWER_LENGTH_LIMIT }));

/**
 * Counts items before they are read: three levels of a hundred references each are a million, which would keep the
 * process busy for half a minute.
 *
 * @throws {CodedError} LIMIT_EXCEEDED
 */
export function takeItems(scope: Scope, count: number): void {
  const allowance = allowanceOf(scope);
  allowance.items -= count;
  if (allowance.items < 0) throw tooMuch('items', READ_LIMIT);
}

/**
 * Counts the characters of data before it is answered: a few pages of the largest items are more than a string can
 * hold.
 *
 * @throws {CodedError} LIMIT_EXCEEDED
 */
export function takeData(scope: Scope, data: StoredData): void {
  const allowance = allowanceOf(scope);
  allowance.length -= Object.values(data).reduce<number>((sum, value) => sum + lengthOf(value), 0);
  if (allowance.length < 0) throw tooMuch('characters of data', ANSWER_LENGTH_LIMIT);
}

function lengthOf(value: StoredValue): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, member) => sum + lengthOf(member), 0);
  return typeof value === 'string' ? value.length : 1;
}

function tooMuch(what: string, limit: number): CodedError {
  return new CodedError(
    'LIMIT_EXCEEDED',
    `An operation answers at most ${limit} ${what}; ask for less at once.`,
    {
      extensions: { limit },
    },
  );
}

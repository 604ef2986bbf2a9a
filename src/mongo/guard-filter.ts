import type { mongo } from 'mongoose';

/** Operators a store may write. Whatever runs code or lets a value act as a pattern is not among them. */
const ALLOWED = new Set([
  '$eq', '$ne', '$in', '$nin', '$gt', '$gte', '$lt', '$lte', '$exists', '$and', '$or', '$not', '$elemMatch',
]); // prettier-ignore

/**
 * Refuses a filter with a pattern or any operator but the allowed ones, at any depth. Stores build filters out of typed values,
 * so this never fires in a correct program; it is the second wall behind mongoose's own guards, which have been
 * incomplete before (`$where` in populate, gaps of `sanitizeFilter`).
 *
 * @throws {TypeError} naming the operator.
 */
export function guardFilter<T>(filter: mongo.Filter<T>): mongo.Filter<T> {
  walk(filter);
  return filter;
}

function walk(value: unknown): void {
  if (Array.isArray(value)) {
    for (const member of value) walk(member);
    return;
  }
  if (value === null || typeof value !== 'object' || value instanceof Date) return;
  if (value instanceof RegExp) throw new TypeError('a filter may not hold a pattern');
  for (const [key, member] of Object.entries(value)) {
    if (key.startsWith('$') && !ALLOWED.has(key))
      throw new TypeError(`filter operator ${key} is not allowed`);
    walk(member);
  }
}

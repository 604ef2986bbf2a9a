import { LRUCache } from 'lru-cache';

/** Distinct texts and lists remembered; what falls out is only kept twice. */
const MAX_SHARED = 1_000;

const texts = new LRUCache<string, string>({ max: MAX_SHARED });
const lists = new LRUCache<string, readonly string[]>({ max: MAX_SHARED });

/**
 * One string for equal texts. The driver decodes each record's strings anew, and a node knows thousands of records
 * with the same few words in them.
 */
export function sharedText<T extends string>(text: T): T {
  const known = texts.get(text);
  if (known !== undefined) return known as T;
  texts.set(text, text);
  return text;
}

/** One list for equal lists of words, which hold no comma. */
export function sharedList<T extends string>(list: readonly T[]): readonly T[] {
  const key = list.join(',');
  const known = lists.get(key);
  if (known !== undefined) return known as readonly T[];
  const shared = Object.freeze(list.map(sharedText));
  lists.set(key, shared);
  return shared;
}

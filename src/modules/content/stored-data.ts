import { encodeGlobalId } from '../../graphql/global-id.ts';
import { CONTENT_ITEM, type StoredData, type StoredValue } from './content-item.ts';
import { type ContentType, valueKind } from './content-type.ts';

/**
 * What callers get of an item's data: the declared fields that have a value. JSON is kept as its text, so that no key
 * in it ever means anything to MongoDB or JavaScript, and leaves exactly as it came.
 */
export function dataOf(type: ContentType | null, stored: StoredData): Record<string, unknown> {
  const data: Record<string, unknown> = {};
  for (const field of type?.fields ?? []) {
    const value = storedValue(stored, field.name);
    if (value === undefined) continue;
    const kind = valueKind(field);
    data[field.name] = Array.isArray(value)
      ? value.map((member) => readable(kind, member))
      : readable(kind, value);
  }
  return data;
}

/** The ids a reference field holds. */
export function referencedIds(stored: StoredData, name: string): string[] {
  const value = storedValue(stored, name) ?? [];
  return (Array.isArray(value) ? value : [value]).filter((id) => typeof id === 'string');
}

export function storedValue(stored: StoredData, name: string): StoredValue | undefined {
  return Object.hasOwn(stored, name) ? stored[name] : undefined;
}

function readable(kind: string, value: StoredValue): unknown {
  if (value instanceof Date) return value.toISOString();
  if (kind === 'REFERENCE') return encodeGlobalId(CONTENT_ITEM, String(value));
  if (kind !== 'JSON' || typeof value !== 'string') return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value; // a deleted item may outlive a change of its field's kind
  }
}

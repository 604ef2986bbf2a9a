import { randomBytes, randomUUID } from 'node:crypto';
import { decodeGlobalId, encodeGlobalId } from '../../../src/graphql/global-id.ts';

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;
const MOMENT = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;

/**
 * A value of the same form that nobody has: other ids of the same type, texts of the same length, moments a
 * millisecond later. What tells nothing of its owner (an enumeration, a language) stays as it is.
 */
export function nobodys(value: unknown, marker: string): unknown {
  if (Array.isArray(value)) return value.map((member) => nobodys(member, marker));
  if (typeof value === 'number') return value + 0.5;
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [
        key.replaceAll(marker, alike(marker)),
        nobodys(inner, marker),
      ]),
    );
  }
  if (typeof value !== 'string') return value;
  const global = decodeGlobalId(value);
  if (global !== undefined) {
    return encodeGlobalId(global.typename, nobodys(global.id, marker) as string);
  }
  if (UUID.test(value)) return `${value.slice(0, 14)}${randomUUID().slice(14)}`;
  if (MOMENT.test(value)) return new Date(Date.parse(value) + 1).toISOString();
  return value.replaceAll(marker, alike(marker));
}

/** Of the same length, and no cursor of any list. */
export function nobodysCursor(cursor: string): string {
  return randomBytes(cursor.length).toString('base64url').slice(0, cursor.length);
}

/** The same stand-in each time, so that a key and a value that hold it still fit together. */
function alike(marker: string): string {
  return 'nobody'.padEnd(marker.length, 'x').slice(0, marker.length);
}

import { dateTime } from '../../graphql/scalars.ts';
import { lines } from '../../graphql/text-input.ts';
import type { UserErrorCode } from '../../lib/user-error.ts';
import { MAX_LENGTH } from './content-limits.ts';
import type { StoredValue } from './content-item.ts';
import { type DeclaredField, valueKind } from './content-type.ts';

/** A value as it is stored, or why it cannot be. */
export type CheckedValue =
  { value: Exclude<StoredValue, unknown[]> } | { code: UserErrorCode; message: string };

/** Finds the local id a caller's reference means; undefined for what cannot be one. */
export type ReadReference = (value: string, field: DeclaredField) => string | undefined;

/** Checks one value of a field: the value itself, or one member of a list. */
export function checkValue(field: DeclaredField, value: unknown, readReference: ReadReference): CheckedValue {
  const kind = valueKind(field);
  switch (kind) {
    case 'TEXT':
    case 'RICH_TEXT':
      return checkText(value, kind, field);
    case 'NUMBER':
      return typeof value === 'number' && Number.isFinite(value) ? { value } : invalid('must be a number');
    case 'BOOLEAN':
      return typeof value === 'boolean' ? { value } : invalid('must be true or false');
    case 'DATE_TIME':
      return checkDateTime(value);
    case 'ENUMERATION':
      return typeof value === 'string' && field.options.includes(value)
        ? { value }
        : invalid('must be one of the declared options');
    case 'REFERENCE': {
      const id = typeof value === 'string' ? readReference(value, field) : undefined;
      return id === undefined ? noSuchReference(field) : { value: id };
    }
    case 'JSON':
      return { value: JSON.stringify(value) };
  }
}

export function noSuchReference(field: DeclaredField): { code: UserErrorCode; message: string } {
  return invalid(`must be the id of an item of type ${field.referenceTo}`);
}

function checkText(value: unknown, kind: 'TEXT' | 'RICH_TEXT', field: DeclaredField): CheckedValue {
  if (typeof value !== 'string') return invalid('must be text');
  const max = field.maxLength ?? MAX_LENGTH[kind];
  if (value.length > max) return { code: 'TOO_LONG', message: `must have at most ${max} characters` };
  const isPrintable = lines(max).safeParse(value).success && (kind === 'RICH_TEXT' || !/[\n\t]/.test(value));
  return isPrintable ? { value } : invalid('must not contain control characters');
}

function checkDateTime(value: unknown): CheckedValue {
  try {
    return { value: dateTime.parseValue(value) };
  } catch {
    return invalid('must be a date and time as in RFC 3339');
  }
}

function invalid(message: string): { code: UserErrorCode; message: string } {
  return { code: 'INVALID', message };
}

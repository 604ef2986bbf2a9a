import { type UserError, type UserErrorCode, UserErrors } from '../../lib/user-error.ts';
import { DATA_BYTES_LIMIT, FAULT_LIMIT, LIST_LIMIT } from './content-limits.ts';
import type { StoredData, StoredValue } from './content-item.ts';
import { type ContentType, type DeclaredField, fieldOf, valueKind } from './content-type.ts';
import { checkValue, type ReadReference } from './field-value.ts';

/** A reference that must lead to a living item of the right type. */
export interface FoundReference {
  id: string;
  field: DeclaredField;
  path: string[];
}

/** What a caller's data comes to. */
export interface CheckedData {
  /** The fields as they are stored, over `previous`. */
  data: StoredData;
  /** Those of the given fields; the others were checked when they were given. */
  references: FoundReference[];
  faults: UserError[];
}

/**
 * Checks data against the declared fields of a type. A null takes a value away, and a field that is not given keeps
 * the value it has in `previous`.
 */
export function checkData(
  type: ContentType,
  given: unknown,
  readReference: ReadReference,
  previous: StoredData = {},
): CheckedData {
  const references: FoundReference[] = [];
  const faults: UserError[] = [];
  const data: StoredData = { ...previous };
  const fault = (code: UserErrorCode, message: string, ...path: string[]) => {
    if (faults.length < FAULT_LIMIT) faults.push({ code, message, path: ['data', ...path] });
  };
  const single = (field: DeclaredField, value: unknown, path: string[]): Exclude<StoredValue, unknown[]> => {
    const checked = checkValue(field, value, readReference);
    if ('code' in checked) {
      fault(checked.code, `${field.name} ${checked.message}`, ...path);
      return '';
    }
    if (valueKind(field) === 'REFERENCE') {
      references.push({ id: String(checked.value), field, path: ['data', ...path] });
    }
    return checked.value;
  };
  const list = (field: DeclaredField, value: unknown): StoredValue => {
    const limit = valueKind(field) === 'REFERENCE' ? LIST_LIMIT.references : LIST_LIMIT.values;
    if (!Array.isArray(value)) fault('INVALID', `${field.name} must be a list`, field.name);
    else if (value.length > limit)
      fault('LIMIT', `${field.name} must have at most ${limit} members`, field.name);
    else return value.map((member, index) => single(field, member, [field.name, String(index)]));
    return [];
  };

  if (given === null || typeof given !== 'object' || Array.isArray(given)) {
    fault('INVALID', 'The data must be an object of the declared fields.');
    return { data, references, faults };
  }
  if (sizeOf(given) > DATA_BYTES_LIMIT) return { data, references, faults: [tooLong()] };
  for (const [name, value] of Object.entries(given)) {
    const field = fieldOf(type, name);
    if (field === undefined) fault('INVALID', 'The type declares no such field.', name.slice(0, 100));
    else if (value === null || value === undefined) Reflect.deleteProperty(data, name);
    else data[name] = field.kind === 'LIST' ? list(field, value) : single(field, value, [name]);
  }
  for (const field of type.fields) {
    const isFaulty = faults.some(({ path }) => path[1] === field.name);
    if (field.isRequired && !isFaulty && isMissing(data, field)) {
      fault('REQUIRED', `${field.name} is required.`, field.name);
    }
  }
  if (faults.length === 0 && sizeOf(data) > DATA_BYTES_LIMIT) faults.push(tooLong());
  return { data, references, faults };
}

export function refuse(faults: readonly UserError[]): void {
  if (faults.length > 0) throw new UserErrors(faults);
}

function isMissing(data: StoredData, { name }: DeclaredField): boolean {
  return !Object.hasOwn(data, name) || data[name] === '';
}

function sizeOf(data: object): number {
  return Buffer.byteLength(JSON.stringify(data));
}

function tooLong(): UserError {
  return {
    code: 'TOO_LONG',
    message: `The data must have at most ${DATA_BYTES_LIMIT} bytes.`,
    path: ['data'],
  };
}

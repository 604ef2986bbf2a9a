import {
  badCondition,
  type OrderedCondition,
  type Operators,
  orderedOperators,
  type ReferenceCondition,
  referenceOperators,
  type TextCondition,
  textOperators,
} from './conditions.ts';
import { localId } from '../../graphql/global-id.ts';
import { CONTENT_ITEM } from './content-item.ts';
import { type ContentType, type DeclaredField, fieldOf, type ValueKind, valueKind } from './content-type.ts';

/** One of its members, by the kind of the field. */
export interface FieldCondition {
  text?: TextCondition | null;
  number?: OrderedCondition<number> | null;
  boolean?: { equals: boolean } | null;
  dateTime?: OrderedCondition<Date> | null;
  reference?: ReferenceCondition | null;
}

export interface FieldFilter {
  field: string;
  condition: FieldCondition;
}

/** The condition that fits a kind; JSON fits none. */
const CONDITION_OF: Readonly<Record<ValueKind, keyof FieldCondition | undefined>> = {
  TEXT: 'text',
  RICH_TEXT: 'text',
  ENUMERATION: 'text',
  NUMBER: 'number',
  BOOLEAN: 'boolean',
  DATE_TIME: 'dateTime',
  REFERENCE: 'reference',
  JSON: undefined,
};

const SORTABLE: readonly string[] = ['TEXT', 'NUMBER', 'BOOLEAN', 'DATE_TIME', 'ENUMERATION'];

/** @throws {CodedError} BAD_USER_INPUT for a field the type does not declare, or a condition that does not fit it. */
export function fieldFilter(
  type: ContentType,
  { field: name, condition }: FieldFilter,
): Record<string, unknown> {
  const field = declared(type, name);
  const fitting = CONDITION_OF[valueKind(field)];
  if (fitting === undefined) throw badCondition(`${field.name} holds JSON, which cannot be compared.`);
  if (condition[fitting] == null) throw badCondition(`${field.name} takes the condition \`${fitting}\`.`);
  const operators = operatorsOf(condition);
  // Without $elemMatch each bound of a range could be met by another member of the list.
  return { [`data.${field.name}`]: field.kind === 'LIST' ? { $elemMatch: operators } : operators };
}

/** @throws {CodedError} BAD_USER_INPUT for a field that is not declared or has no order. */
export function sortPath(type: ContentType, name: string): string {
  const field = declared(type, name);
  if (!SORTABLE.includes(field.kind)) throw badCondition(`${field.name} has no order.`);
  return `data.${field.name}`;
}

function declared(type: ContentType, name: string): DeclaredField {
  const field = fieldOf(type, name);
  if (field === undefined) throw badCondition(`${type.name} declares no such field.`);
  return field;
}

function operatorsOf({ text, number, boolean, dateTime, reference }: FieldCondition): Operators {
  if (text != null) return textOperators(text);
  if (number != null) return orderedOperators(number);
  if (boolean != null) return { $eq: boolean.equals };
  if (dateTime != null) return orderedOperators(dateTime);
  return referenceOperators(reference ?? {}, (id) => localId(CONTENT_ITEM, id));
}
